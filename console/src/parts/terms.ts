/** Words for what the control plane's enums and codes mean. Complete by type wherever the schema has an enum. */
import type {
  ApplicationStatus,
  CaseDeadlineKind,
  CaseEventKind,
  CaseState,
  ClientEventKind,
  ClientState,
  CommitmentOutcome,
  CommitmentState,
  Disclosure,
  DisputeFinding,
  DisputeState,
  FieldKind,
  Freshness,
  GrantStatus,
  ItemDecision,
  RecordKind,
  RecordOutcome,
  RectificationState,
  ReminderStage,
  ReminderState,
  Role,
  SeasonState,
  Sensitivity,
  SharingClass,
  SubjectScope,
  TaskFinding,
  TaskState,
} from '../api/generated.js';
import type { Language } from '../words.js';

type Terms<K extends string> = Readonly<Record<K, readonly [zh: string, en: string]>>;

/** How a field is shown to an application, or not. */
export const DISCLOSURES: Terms<Disclosure | 'WITHHELD'> = {
  FULL: ['明文', 'Full'],
  MASKED: ['脱敏', 'Masked'],
  PREDICATE: ['仅核验', 'Rule only'],
  WITHHELD: ['不提供', 'Withheld'],
};

/** Sharing classes. */
export const CLASSES: Terms<SharingClass> = {
  UNCONDITIONAL: ['无条件共享', 'Unconditional'],
  CONDITIONAL: ['有条件共享', 'Conditional'],
  NOT_SHARED: ['不予共享', 'Not shared'],
};

/** Sensitivities. */
export const SENSITIVITIES: Terms<Sensitivity> = {
  PUBLIC: ['公开', 'Public'],
  INTERNAL: ['内部', 'Internal'],
  PERSONAL: ['个人信息', 'Personal'],
  SENSITIVE: ['敏感个人信息', 'Sensitive'],
};

/** How a field is had. */
export const KINDS: Terms<FieldKind> = {
  VALUE: ['字段', 'Value'],
  EMBEDDED: ['结构', 'Structure'],
  LINK: ['关联', 'Link'],
  DERIVED: ['衍生', 'Derived'],
  OPERATION: ['平台操作', 'Operation'],
};

/** How fresh a field is. */
export const FRESHNESS: Terms<Freshness> = {
  REAL_TIME: ['实时', 'Real time'],
  DAILY: ['每日', 'Daily'],
  WEEKLY: ['每周', 'Weekly'],
  MONTHLY: ['每月', 'Monthly'],
  YEARLY: ['每年', 'Yearly'],
  IRREGULAR: ['不定期', 'Irregular'],
};

/** Whose data. */
export const SCOPES: Terms<SubjectScope> = {
  CASE_SUBJECTS: ['办件主体本人', 'Case subjects'],
  RELATED: ['办件主体及关联人', 'Case subjects and related'],
  ANY: ['不限', 'Anyone'],
};

/** States of an application for access. */
export const APPLICATION_STATES: Terms<ApplicationStatus> = {
  DRAFT: ['草稿', 'Draft'],
  SUBMITTED: ['待审核', 'Submitted'],
  APPROVED: ['同意', 'Approved'],
  PARTLY_APPROVED: ['部分同意', 'Partly approved'],
  REFUSED: ['不同意', 'Refused'],
  WITHDRAWN: ['已撤回', 'Withdrawn'],
};

/** What became of a field asked for. */
export const ITEM_DECISIONS: Terms<ItemDecision> = {
  PENDING: ['待审核', 'Pending'],
  APPROVED: ['同意', 'Approved'],
  REFUSED: ['不同意', 'Refused'],
};

/** States of a grant. */
export const GRANT_STATES: Terms<GrantStatus> = {
  DRAFT: ['草稿', 'Draft'],
  SUBMITTED: ['待审核', 'Submitted'],
  APPROVED: ['生效', 'In force'],
  REFUSED: ['不同意', 'Refused'],
  SUSPENDED: ['已暂停', 'Suspended'],
  REVOKED: ['已撤销', 'Revoked'],
  EXPIRED: ['已到期', 'Expired'],
};

/** States of an application system. */
export const CLIENT_STATES: Terms<ClientState> = {
  ACTIVE: ['正常', 'Active'],
  HELD: ['已挂起', 'On hold'],
  INACTIVE: ['已停用', 'Inactive'],
};

/** What happened to an application system. */
export const CLIENT_EVENTS: Terms<ClientEventKind> = {
  ALARM: ['告警', 'Alarm'],
  HOLD: ['挂起', 'Hold'],
  RELEASE: ['解除挂起', 'Release'],
};

/** Roles. */
export const ROLES: Terms<Role> = {
  PLATFORM_ADMIN: ['平台管理员', 'Platform administrator'],
  DEPARTMENT_ADMIN: ['部门数据管理员', 'Department administrator'],
  AUDITOR: ['审计员', 'Auditor'],
  OPERATOR: ['业务经办', 'Operator'],
  CITIZEN: ['公民', 'Citizen'],
};

/** Kinds of entries of the record. */
export const RECORD_KINDS: Terms<RecordKind> = {
  REQUEST: ['数据请求', 'Data request'],
  ADMINISTRATION: ['管理操作', 'Administration'],
  CONTROL: ['管理面请求', 'Console request'],
  ALARM: ['告警', 'Alarm'],
};

/** How a request ended. */
export const OUTCOMES: Terms<RecordOutcome> = {
  ANSWERED: ['已答复', 'Answered'],
  REFUSED: ['已拒绝', 'Refused'],
  FAILED: ['失败', 'Failed'],
};

/** States of a dispute. */
export const DISPUTE_STATES: Terms<DisputeState> = {
  OPEN: ['核查中', 'Open'],
  ANSWERED: ['已答复', 'Answered'],
  WITHDRAWN: ['已撤回', 'Withdrawn'],
};

/** What an owner found of a disputed fact. */
export const DISPUTE_FINDINGS: Terms<DisputeFinding> = {
  CORRECTED: ['数据有误，已更正', 'Wrong, corrected'],
  UPHELD: ['数据无误', 'Right as it stands'],
};

/** States of a department's task. */
export const TASK_STATES: Terms<TaskState> = {
  OPEN: ['待核验', 'Open'],
  ANSWERED: ['已核验', 'Answered'],
  CANCELLED: ['已取消', 'Cancelled'],
};

/** What a department found. */
export const TASK_FINDINGS: Terms<TaskFinding> = {
  CONFIRMED: ['属实', 'Confirmed'],
  NOT_CONFIRMED: ['不属实', 'Not confirmed'],
  CANNOT_TELL: ['无法核验', 'Cannot tell'],
};

/** States of a case. */
export const CASE_STATES: Terms<CaseState> = {
  REGISTERED: ['已登记', 'Registered'],
  JUDGED: ['已核验', 'Judged'],
  DECIDED: ['已办结', 'Decided'],
  UNDER_REVIEW: ['人工复核中', 'Under review'],
  WITHDRAWN: ['已撤回', 'Withdrawn'],
};

/** What went wrong at a source of facts. */
export const SOURCE_FAULTS: Terms<string> = {
  TIMEOUT: ['超时', 'Timed out'],
  UNREACHABLE: ['无法连接', 'Unreachable'],
  OVERLOADED: ['繁忙', 'Overloaded'],
  GARBLED: ['返回内容无法识别', 'Garbled answer'],
  TOO_MANY_ROWS: ['返回行数过多', 'Too many rows'],
  REFUSED: ['未获授权', 'Refused'],
};

/** What happened to a case. */
export const CASE_EVENTS: Terms<CaseEventKind> = {
  REGISTERED: ['登记', 'Registered'],
  JUDGED: ['核验', 'Judged'],
  DECIDED: ['决定', 'Decided'],
  COMMITTED: ['签署告知承诺', 'Commitment signed'],
  COMMITMENT_KEPT: ['履行承诺', 'Commitment kept'],
  COMMITMENT_BREACHED: ['违反承诺', 'Commitment breached'],
  TASK_OPENED: ['请部门核验', 'Department asked to verify'],
  TASK_ANSWERED: ['部门核验答复', 'Department answered'],
  REVIEW_ASKED: ['申请人工复核', 'Review asked for'],
  REVIEW_DECIDED: ['复核结论', 'Review decided'],
  REOPENED: ['重新办理', 'Reopened'],
  WITHDRAWN: ['撤回', 'Withdrawn'],
  OFFERED: ['免申即享推送', 'Benefit offered'],
  OFFER_CONFIRMED: ['确认领取', 'Benefit confirmed'],
  OFFER_DECLINED: ['放弃领取', 'Benefit declined'],
  FACT_DISPUTED: ['提出数据异议', 'Fact disputed'],
  LICENCE_STATUS_CHANGED: ['所依据证照状态变化', 'A licence it rests on changed'],
  DISPUTE_ANSWERED: ['异议答复', 'Dispute answered'],
  RATED: ['评价', 'Rated'],
  RECTIFICATION_OPENED: ['差评整改', 'Rectification opened'],
  RECTIFIED: ['整改答复', 'Rectification answered'],
  RECTIFICATION_CLOSED: ['整改办结', 'Rectification closed'],
};

/** What waits in a case by a day. */
export const CASE_DEADLINES: Terms<CaseDeadlineKind> = {
  TASK: ['部门核验', 'Verification'],
  REVIEW: ['人工复核', 'Review'],
  COMMITMENT: ['承诺补正', 'Commitment'],
  RECTIFICATION: ['差评整改', 'Rectification'],
};

/** Where the rectification of a bad rating stands. */
export const RECTIFICATIONS: Terms<RectificationState> = {
  NONE_NEEDED: ['无需整改', 'None needed'],
  OPEN: ['待整改', 'Open'],
  ANSWERED: ['已答复，待回访', 'Answered'],
  RESOLVED: ['已解决', 'Resolved'],
  UNRESOLVED: ['未解决，重新整改', 'Not resolved'],
};

/** Levels of a rating (好差评). */
export const RATING_LEVELS = {
  VERY_SATISFIED: ['非常满意', 'Very satisfied'],
  SATISFIED: ['满意', 'Satisfied'],
  BASICALLY_SATISFIED: ['基本满意', 'Basically satisfied'],
  DISSATISFIED: ['不满意', 'Dissatisfied'],
  VERY_DISSATISFIED: ['非常不满意', 'Very dissatisfied'],
} as const satisfies Terms<string>;

/** The same by number, 1 very bad to 5 very good. */
export const RATINGS = {
  5: RATING_LEVELS.VERY_SATISFIED,
  4: RATING_LEVELS.SATISFIED,
  3: RATING_LEVELS.BASICALLY_SATISFIED,
  2: RATING_LEVELS.DISSATISFIED,
  1: RATING_LEVELS.VERY_DISSATISFIED,
} as const satisfies Terms<string>;

/** Decisions of an office. The schema has them as text. */
export const DECISIONS = {
  GRANTED: ['准予', 'Granted'],
  REFUSED: ['不予', 'Refused'],
} as const satisfies Terms<string>;

/** Verdicts. The schema has them as text. */
export const VERDICTS = {
  APPROVED: ['通过', 'Approved'],
  NOT_MET: ['不符合', 'Not met'],
  NEEDS_COMMITMENT: ['可承诺办理', 'Needs a commitment'],
  NEEDS_REVIEW: ['转人工审核', 'Needs review'],
  PENDING: ['待定', 'Pending'],
} as const satisfies Terms<string>;

/** What an event of a case came to. The schema has it as text. */
export const CASE_OUTCOMES = {
  ...VERDICTS,
  ...DECISIONS,
  ...TASK_FINDINGS,
  UPHELD: ['维持', 'Upheld'],
  CHANGED: ['变更', 'Changed'],
  CORRECTED: ['已更正', 'Corrected'],
  ...RATING_LEVELS,
  RESOLVED: RECTIFICATIONS.RESOLVED,
  UNRESOLVED: RECTIFICATIONS.UNRESOLVED,
} as const satisfies Terms<string>;

/** What came of a row of a season, in the words of its result file. */
export const SEASON_RESULTS = {
  APPROVED: ['核验通过', 'Approved'],
  NOT_MET: ['不符合条件', 'Not met'],
  NEEDS_COMMITMENT: ['需告知承诺', 'Needs a commitment'],
  NEEDS_REVIEW: ['需人工复核', 'Needs review'],
  PENDING: ['待数据恢复', 'Pending'],
  AWAITING: ['待部门核验', 'Awaits a department'],
  REFUSED: ['未核验', 'Not judged'],
} as const satisfies Terms<string>;

/** States of a season. */
export const SEASON_STATES: Terms<SeasonState> = {
  NEW: ['待上传', 'No list yet'],
  READY: ['待开始', 'Ready'],
  RUNNING: ['核验中', 'Running'],
  PAUSED: ['已暂停', 'Paused'],
  DONE: ['已完成', 'Done'],
  ENDED: ['已结束', 'Ended'],
};

/** Outcomes of one requirement. */
export const TRUTHS = {
  TRUE: ['满足', 'Met'],
  FALSE: ['不满足', 'Not met'],
  UNKNOWN: ['未知', 'Unknown'],
} as const satisfies Terms<string>;

/** What a requirement does to a verdict. */
export const EFFECTS = {
  MANDATORY: ['必须满足', 'Mandatory'],
  TIER: ['决定类别', 'Decides the tier'],
  ADVISORY: ['仅提示', 'Advisory'],
} as const satisfies Terms<string>;

/** How a proof is met now. */
export const PROOF_MODES = {
  CANCELLED: ['直接取消', 'Cancelled'],
  COMMITMENT: ['告知承诺', 'Commitment'],
  DEPT_VERIFICATION: ['部门核验', 'Department verification'],
  DATA_QUERY: ['数据查询', 'Data query'],
} as const satisfies Terms<string>;

/** Kinds of identifiers, as the data plane's enum SubjectKind names them. */
export const SUBJECT_KINDS = {
  CITIZEN: ['公民身份号码', 'Citizen ID'],
  ENTERPRISE: ['统一社会信用代码', 'Unified social credit code'],
  HOUSEHOLD: ['户号', 'Household number'],
  PROPERTY_UNIT: ['不动产单元号', 'Real-estate unit'],
  LICENCE: ['电子证照标识', 'Licence identifier'],
} as const satisfies Terms<string>;

/** Why a field is withheld: the closed list of src/domain/withheld.ts, which test/console holds this against. */
export const REASONS = {
  NO_GRANT: ['没有生效的授权包含该字段', 'No grant in force names this field'],
  PREDICATE_ONLY: ['仅供规则核验，不返回', 'Usable in rules only, never returned'],
  MASKED_ONLY: ['仅授权脱敏值，规则不能使用', 'Granted only masked, which a rule cannot use'],
  NOT_SHARED: ['该字段不予共享', 'The department does not share this field'],
  NOT_ON_EVERY_TYPE: ['接口字段须在每种类型上都有授权', 'Not granted on every type the interface can be'],
  INTROSPECTION: ['该应用不能读取模式结构', 'Introspection is not open to this application'],
  SUBJECT_OUTSIDE_CASE: ['查询对象不在办件及其关联范围内', 'The subject is outside the case'],
  REGION_SCOPE: ['授权仅覆盖部分区划', 'The grant covers some regions only'],
} as const satisfies Terms<string>;

/** Departments of the demonstration city in English; others show their code. */
export const DEPARTMENTS_EN: Readonly<Record<string, string>> = {
  HOUSEHOLD: 'Household registration',
  PROPERTY: 'Real estate',
  VACCINATION: 'Vaccination',
  SOCIAL_SECURITY: 'Social security',
  LICENCES: 'Licences',
  PLATFORM: 'Platform',
};

/** The text of a term in a language. A key that the table does not have is shown as it is. */
export function term<K extends string>(terms: Terms<K>, key: NoInfer<K> | string, language: Language): string {
  const pair = (terms as Readonly<Record<string, readonly [string, string] | undefined>>)[key];
  return pair === undefined ? key : pair[language === 'zh' ? 0 : 1];
}

/** Of what a department is reminded. */
export const REMINDER_STAGES: Terms<ReminderStage> = {
  NEAR: ['临期提醒', 'Reminded'],
  PASSED: ['超期催办', 'Reminded late'],
};

/** What became of a reminder. */
export const REMINDER_STATES: Terms<ReminderState> = {
  QUEUED: ['发送中', 'being sent'],
  DELIVERED: ['已送达', 'delivered'],
  EXPIRED: ['未送达', 'not delivered'],
  NO_CHANNEL: ['未配置渠道', 'no channel'],
};

/** Where a commitment stands. */
export const COMMITMENT_STATES: Terms<CommitmentState> = {
  AWAITING_DOCUMENTS: ['待补材料', 'Awaiting documents'],
  FOLLOW_UP: ['待核查', 'To follow up'],
  COMPLETED: ['已履行', 'Kept'],
  BREACHED: ['未履行', 'Breached'],
  REINSTATED: ['已信用修复', 'Reinstated'],
};

/** What a department found of a commitment. */
export const COMMITMENT_OUTCOMES: Terms<CommitmentOutcome> = {
  COMPLETED: ['已履行', 'Kept'],
  BREACHED: ['未履行或承诺不实', 'Breached or false'],
};
