/** What `/delegation` answers for the clouds behind it, as the old documentation shows it. */
export const addOns: Readonly<Record<string, () => unknown>> = {
  aws: () => ({
    ResponseMetadata: { RequestId: "6f2d3c30-0000-0000-0000-000000000000" },
    Credentials: {
      AccessKeyId: "ASIAFOREIGNEXAMPLE",
      SecretAccessKey: "foreign/aws+secret",
      SessionToken: "foreign/aws/session==",
      Expiration: "2030-01-02T03:04:05Z",
    },
    AssumedRoleUser: { AssumedRoleId: "ARO:bob", Arn: "arn:aws:sts::1:assumed-role/reader/bob" },
    Subject: "store|42",
    SubjectType: "persistent",
    Issuer: "urn:foreign.auth0.com",
    Audience: "https://signin.aws.amazon.com/saml",
    NameQualifier: "q=",
  }),
  azure_sb: () => ({ azure_sb_sas: "SharedAccessSignature sig=c2ln%3d&se=1893553445&skn=key&sr=https%3a%2f%2fsb" }),
  azure_blob: () => ({
    azure_blob_sas: "st=2029-01-01T00%3A00%3A00Z&se=2030-01-02T03%3A04%3A05Z&sp=r&sv=2014-02-14&sr=b&sig=c2ln",
  }),
  salesforce_api: () => ({
    scope: "api id",
    instance_url: "https://na1.salesforce.example",
    token_type: "Bearer",
    access_token: "00D!foreign",
  }),
  sap_api: () => ({ access_token: "foreign-sap", token_type: "Bearer", expires_in: "600", scope: "API" }),
  layer: () => ({ identity_token: "foreign-layer" }),
}
