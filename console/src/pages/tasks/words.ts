import { words } from '../../words.js';

export const TASKS = words(
  {
    title: '部门核验',
    about: '不再由群众带来的证明，由所属部门直接核验。答复后办件继续。',
    proof: '证明',
    caseNumber: '办件编号',
    openedAt: '发起时间',
    dueOn: '答复期限',
    finding: '核验结果',
    answer: '答复',
    gone: '没有这项任务。',
    looked: '本次查看已记入审计记录。',
    answerAbout: '{proof}（办件 {case}）。不属实或无法核验时须写明理由。',
  },
  {
    title: 'Verification tasks',
    about: 'Proofs that the citizen no longer brings: the department confirms them itself, and the case goes on.',
    proof: 'Proof',
    caseNumber: 'Case number',
    openedAt: 'Opened',
    dueOn: 'Due',
    finding: 'Finding',
    answer: 'Answer',
    gone: 'There is no such task.',
    looked: 'This look is on the record.',
    answerAbout: '{proof} (case {case}). A finding other than confirmed needs a reason.',
  },
);
