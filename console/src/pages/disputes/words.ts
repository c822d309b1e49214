import { words } from '../../words.js';

export const DISPUTES = words(
  {
    title: '数据校核',
    about: '有人认为某项数据有误。由提供部门在期限内答复；答复前，该事实在各处都标为“有异议”。',
    raisedBy: '提出人',
    citizen: '本人',
    raisedAt: '提出时间',
    dueOn: '答复期限',
    finding: '核查结论',
    why: '提出理由',
    receipts: '受影响回执',
    subject: '主体代号',
    answer: '答复',
    answerAbout: '答复会告知提出人，并写入审计记录。受影响的回执：{count} 份。',
  },
  {
    title: 'Disputes',
    about:
      'Somebody says that a fact is wrong. Its owner answers in time; until then the fact is marked as disputed everywhere.',
    raisedBy: 'Raised by',
    citizen: 'the citizen',
    raisedAt: 'Raised',
    dueOn: 'Due',
    finding: 'Finding',
    why: 'Why',
    receipts: 'Receipts affected',
    subject: 'Pseudonym',
    answer: 'Answer',
    answerAbout: 'The answer goes to who raised it and into the record. {count} receipts rest on the fact.',
  },
);
