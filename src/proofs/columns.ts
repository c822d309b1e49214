/** The columns of a catalogue of proofs, in a file's first row in English or Chinese. */

/** A column of the file. */
export interface ProofColumn {
  /** Its name in the files we write. */
  readonly name: string;
  /** Its Chinese heading. */
  readonly zh: string;
  /** Whether a file must have it. */
  readonly required: boolean;
}

/** Every column, in the order in which it is written. */
export const COLUMNS = [
  { name: 'code', zh: '证明编号', required: true },
  { name: 'mode', zh: '替代方式', required: true },
  { name: 'name_zh', zh: '证明名称', required: true },
  { name: 'name_en', zh: '英文名称', required: true },
  { name: 'issuer_zh', zh: '开具单位', required: true },
  { name: 'issuer_en', zh: '开具单位英文名称', required: true },
  { name: 'department', zh: '数据提供部门', required: false },
  { name: 'matters', zh: '涉及事项', required: true },
  { name: 'legal_basis', zh: '依据', required: true },
  { name: 'replaced_by', zh: '替代字段', required: false },
  { name: 'working_days', zh: '核验工作日', required: false },
  { name: 'source', zh: '来源', required: false },
] as const satisfies readonly ProofColumn[];

/** Name of a column. */
export type ColumnName = (typeof COLUMNS)[number]['name'];

/** Chinese words for the modes, which a file may use in the place of the English ones. */
export const MODE_WORDS: Readonly<Record<string, string>> = {
  直接取消: 'CANCELLED',
  告知承诺: 'COMMITMENT',
  部门核验: 'DEPT_VERIFICATION',
  数据查询: 'DATA_QUERY',
};

/** What stands between the members of a list inside a cell, as written; read are also `;` `、` and blanks where said. */
export const SEPARATOR = '；';
