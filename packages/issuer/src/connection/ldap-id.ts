import { Buffer } from "node:buffer"

const GUID_BYTES = 16

/** A GUID of Active Directory as text; its first three groups are stored little-endian. */
export const guidToText = (guid: Buffer): string => {
  if (guid.length !== GUID_BYTES) throw new Error(`a GUID has ${GUID_BYTES} bytes, not ${guid.length}`)
  const hex = swapped(guid).toString("hex")
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
}

/** The stored form of a GUID, `undefined` if the text is none. */
export const textToGuid = (text: string): Buffer | undefined => {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return undefined
  return swapped(Buffer.from(text.replaceAll("-", ""), "hex"))
}

const swapped = (guid: Buffer): Buffer => {
  const bytes = Buffer.from(guid)
  bytes.subarray(0, 4).swap32()
  bytes.subarray(4, 8).swap16()
  return bytes
}
