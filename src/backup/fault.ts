/** Why a backup cannot be made or restored. */
export type BackupFaultCode =
  /** The folder to write to is not empty. */
  | 'NOT_EMPTY'
  /** What is there is no backup, or one of a later version. */
  | 'NO_BACKUP'
  /** A file is missing, too many, or not the one that was backed up. */
  | 'CHANGED'
  /** The passphrase is too short, missing, or not the one the keys were encrypted with. */
  | 'PASSPHRASE';

/** A backup cannot be made or restored; the message holds no key and no passphrase. */
export class BackupFault extends Error {
  override readonly name = 'BackupFault';
  constructor(
    readonly code: BackupFaultCode,
    message: string,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}
