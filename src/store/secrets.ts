/** What this store keeps secret, so that nobody has to configure it. */
export interface KeptSecrets {
  /**
   * The secret of that name: 256 random bits in base64url, made when it is first asked for, and the same from then on
   * for everybody who has this store open.
   */
  kept(name: string): Promise<string>
}
