/** For those who are not signed in. */
export const Welcome = ({ issuer }: { readonly issuer: string }) => (
  <section class="hero">
    <h1>Who are you, and what may you do?</h1>
    <p>
      Sign in and see what your tokens say. Then call an API with one, and let a second API call the first one on your
      behalf.
    </p>
    <p>
      <a class="button" href="/login">
        Sign in
      </a>
    </p>
    <p class="note">
      You sign in at <code>{issuer}</code>. This application never sees your password.
    </p>
  </section>
)
