/** Saves a file that the control plane answered, in Base64. */
export function saveFile({
  name,
  mediaType,
  base64,
}: {
  readonly name: string;
  readonly mediaType: string;
  readonly base64: string;
}): void {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const address = URL.createObjectURL(new Blob([bytes], { type: mediaType }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}

/** Saves a signed file, and beside it its signature with the ending `.jws`. */
export function saveSigned({
  file,
  signature,
}: {
  readonly file: { readonly name: string; readonly mediaType: string; readonly base64: string };
  readonly signature: string;
}): void {
  saveFile(file);
  saveFile({ name: `${file.name}.jws`, mediaType: 'application/jose', base64: btoa(signature) });
}
