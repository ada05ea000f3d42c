/** Keys that never leave the home: KMS in AWS, a key file locally. */
export interface Secrets {
  /** Encrypts a text; `context` must be the same to decrypt (which item it belongs to). */
  encrypt(plaintext: string, context: string): Promise<string>;
  /** Throws `TerminalError('undecryptable')` when key or context differ. */
  decrypt(ciphertext: string, context: string): Promise<string>;
  /** A keyed hash (HMAC-SHA-256, base64url): the same text gives the same tag, nobody else can make it. */
  sign(text: string): Promise<string>;
}
