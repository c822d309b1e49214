import { words } from '../../words.js';

export const COMMITMENTS = words(
  {
    title: '告知承诺',
    about: '申请人先承诺、后补材料的事项。到期未补齐的须核查；未履行的，信用修复前不再适用告知承诺。',
    caseNumber: '办件编号',
    signedAt: '签署时间',
    dueOn: '补齐期限',
    documents: '承诺补交材料',
    received: '已收',
    missing: '未收',
    conclude: '核查结论',
    concludeAbout: '办件 {case}。认定未履行后，该主体在信用修复前不再适用告知承诺；结论记入审计记录。',
    reinstate: '信用修复',
    reinstateAbout: '办件 {case}。解除限制，未履行的记录保留。',
  },
  {
    title: 'Commitments',
    about:
      'Cases issued on a signed commitment, with documents to follow. What is not complete in time is followed up; a breach bars later commitments until reinstatement.',
    caseNumber: 'Case number',
    signedAt: 'Signed',
    dueOn: 'Due',
    documents: 'Documents promised',
    received: 'received',
    missing: 'missing',
    conclude: 'Conclude',
    concludeAbout:
      'Case {case}. After a breach nothing is committed to by the same subject until reinstatement. The conclusion is on the record.',
    reinstate: 'Reinstate',
    reinstateAbout: 'Case {case}. Lifts the bar; the breach stays on record.',
  },
);
