#!/bin/sh
# A batch job of old, with nobody present: signs in by POST /oauth/ro and calls an API with the ID token.
#
#   ISSUER=https://issuer.example CLIENT_ID=batch CONNECTION=people USERNAME=robot \
#   PASSWORD_FILE=/run/secrets/robot API=https://api.example/orders sh batch-file.sh
#
# The password is read from a file (chmod 600, no line end), and the token goes to curl by its standard input: neither
# ever stands in a process list. Needs curl. Ends with 0 and the API's answer, or with 1 and a sentence on stderr.
set -eu

fail() {
  echo "batch-file: $1" >&2
  exit 1
}

for name in ISSUER CLIENT_ID CONNECTION USERNAME PASSWORD_FILE API; do
  eval "value=\${$name:-}"
  [ -n "$value" ] || fail "set $name"
done
for url in "$ISSUER" "$API"; do
  case $url/ in
    *@*) fail "an address has no user name in it" ;;
    https://* | http://localhost[:/]* | http://127.0.0.1[:/]*) ;;
    *) fail "use https: only localhost may be http" ;;
  esac
done
[ -r "$PASSWORD_FILE" ] || fail "cannot read $PASSWORD_FILE"
case $(ls -ldL "$PASSWORD_FILE") in
  ????------*) ;;
  *) fail "others can read $PASSWORD_FILE: chmod 600 it" ;;
esac

answer=$(curl --silent --show-error --max-time 10 "$ISSUER/oauth/ro" \
  --data-urlencode "client_id=$CLIENT_ID" \
  --data-urlencode "connection=$CONNECTION" \
  --data-urlencode "username=$USERNAME" \
  --data-urlencode "password@$PASSWORD_FILE" \
  --data grant_type=password --data "scope=openid email") || fail "the issuer cannot be reached"

token=$(printf '%s' "$answer" | sed -n 's/.*"id_token" *: *"\([A-Za-z0-9_.-]*\)".*/\1/p')
[ -n "$token" ] || fail "the issuer refused: $(printf '%s' "$answer" | sed -n 's/.*"error" *: *"\([a-z_]*\)".*/\1/p')"

printf 'Authorization: Bearer %s' "$token" |
  curl --silent --show-error --fail --max-time 10 --header @- "$API" || fail "the API refused"
