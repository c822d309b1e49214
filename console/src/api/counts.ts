/** A number and what it counts, as the control plane answers it. */
export interface NamedCount {
  readonly name: string;
  readonly count: number;
}
