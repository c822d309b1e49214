/** Written by `npm run console:types`; not by hand. */
/* oxlint-disable */
import type { Operation } from './ask.js';

/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** State of an application for access (申请状态). */
export type ApplicationStatus =
  /** 草稿 */
  | 'DRAFT'
  /** 待审核: some owner has not decided. */
  | 'SUBMITTED'
  /** 同意 */
  | 'APPROVED'
  /** 部分同意 */
  | 'PARTLY_APPROVED'
  /** 不同意 */
  | 'REFUSED'
  /** 已撤回 */
  | 'WITHDRAWN';

/** Which applications for access; all conditions must hold. */
export type ApplicationFilter = {
  /** State. */
  readonly status?: ReadonlyArray<ApplicationStatus> | null | undefined;
  /** The application system it is for. */
  readonly client?: string | null | undefined;
  /** An owner of its fields. */
  readonly department?: string | null | undefined;
  /** A matter it is for. */
  readonly matter?: string | null | undefined;
  /** Whether an owner is beyond the statutory time (超期). */
  readonly overdue?: boolean | null | undefined;
};

/** By what applications for access are sorted. */
export type ApplicationSort =
  /** When submitted; drafts last. */
  | 'SUBMITTED'
  /** The earliest open deadline. */
  | 'DEADLINE'
  /** When begun. */
  | 'CREATED'
  /** The application system. */
  | 'CLIENT';

/** What is asked for. */
export type ApplicationInput = {
  /** The application system. */
  readonly client: string;
  /** What it is for, in words, 1 to 500 characters. Names no person. */
  readonly purpose: string;
  /** Codes of 1 to 20 matters. */
  readonly matters: ReadonlyArray<string>;
  /** Legal basis, 1 to 500 characters. */
  readonly legalBasis: string;
  /** 1 to 500 fields. */
  readonly items: ReadonlyArray<ApplicationItemInput>;
  /** GB/T 2260 prefixes of 2, 4 or 6 digits, at most 100; empty: no bound. */
  readonly regions?: ReadonlyArray<string>;
  /** Whose data. */
  readonly subjects?: SubjectScope;
  /** For RELATED: links from a case subject, 0 to 5. */
  readonly maxHops?: number;
  /** Distinct people and enterprises in a day, 1 to 10000000; null: no bound. */
  readonly subjectsPerDay?: number | null | undefined;
  /** First day. */
  readonly validFrom: string;
  /** Last day. */
  readonly validTo: string;
};

/** A field that is asked for. */
export type ApplicationItemInput = {
  /** The field: not of the class NOT_SHARED. */
  readonly coordinate: string;
  /** How it is to be seen. */
  readonly disclosure: Disclosure;
};

/** A decision on one field. */
export type ItemDecisionInput = {
  /** The field. */
  readonly coordinate: string;
  /** How it is granted; null: it is refused. */
  readonly granted?: Disclosure | null | undefined;
  /** Why it is refused or granted more narrowly than asked for; needed then, 5 to 500 characters. Names no person. */
  readonly reason?: string | null | undefined;
};

/** Bounds of a grant, narrower than applied for. */
export type DecisionBoundsInput = {
  /** GB/T 2260 prefixes; default: as applied for. */
  readonly regions?: ReadonlyArray<string> | null | undefined;
  /** Whose data; default: as applied for. */
  readonly subjects?: SubjectScope | null | undefined;
  /** Links from a case subject; default: as applied for. */
  readonly maxHops?: number | null | undefined;
  /** Distinct people and enterprises in a day, 1 to 10000000; default: as applied for. */
  readonly subjectsPerDay?: number | null | undefined;
  /** Last day; default: as applied for. */
  readonly validTo?: string | null | undefined;
};

/** Which cases; all conditions must hold. */
export type CaseFilter = {
  /** The application system. */
  readonly client?: string | null | undefined;
  /** Matter. */
  readonly matter?: string | null | undefined;
  /** Where they stand (办件状态). */
  readonly state?: CaseState | null | undefined;
  /** Beginning of the case number: 1 to 64 letters, digits, hyphens or dots. */
  readonly number?: string | null | undefined;
  /** Filed on or after this day. */
  readonly filedFrom?: string | null | undefined;
  /** Filed on or before this day. */
  readonly filedTo?: string | null | undefined;
};

/** What waits for somebody by a day. */
export type CaseDeadlineKind =
  /** 部门核验 */
  | 'TASK'
  /** 人工复核 */
  | 'REVIEW'
  /** 告知承诺补正 */
  | 'COMMITMENT'
  /** 差评整改 */
  | 'RECTIFICATION';

/** How a field is had (数据获取方式). */
export type FieldKind =
  /** A column of the department's row, or a member of a computed object (字段). */
  | 'VALUE'
  /** An object inside the row (结构). */
  | 'EMBEDDED'
  /** Objects that a department is asked for: the direction of a question (关联). */
  | 'LINK'
  /** Computed by the department's connector (衍生). */
  | 'DERIVED'
  /** Computed by the gateway (平台操作). */
  | 'OPERATION';

/** Which fields; all conditions must hold. */
export type CatalogueFilter = {
  /** Owner (提供部门). */
  readonly department?: string | null | undefined;
  /** Name of the type. */
  readonly type?: string | null | undefined;
  /** Sharing class. */
  readonly class?: SharingClass | null | undefined;
  /** Sensitivity. */
  readonly sensitivity?: Sensitivity | null | undefined;
  /** Text in the coordinate or description, any case, at most 100 characters. */
  readonly text?: string | null | undefined;
  /** Whether some application may read it now. Only for the platform, the auditor and of own fields. */
  readonly granted?: boolean | null | undefined;
};

/** By what fields are sorted. */
export type CatalogueSort =
  /** The coordinate. */
  | 'COORDINATE'
  /** The owner, then the coordinate. */
  | 'DEPARTMENT'
  /** The class, then the coordinate. */
  | 'CLASS'
  /** The sensitivity, from public to sensitive, then the coordinate. */
  | 'SENSITIVITY';

/** How often a field's data are brought up to date (更新周期). */
export type Freshness =
  /** 实时 */
  | 'REAL_TIME'
  /** 每日 */
  | 'DAILY'
  /** 每周 */
  | 'WEEKLY'
  /** 每月 */
  | 'MONTHLY'
  /** 每年 */
  | 'YEARLY'
  /** 不定期 */
  | 'IRREGULAR';

/** What the owner vouches for of a field. */
export type FieldResponsibilityInput = {
  /** Legal basis of sharing it (共享依据), at most 500 characters. */
  readonly legalBasis?: string | null | undefined;
  /** How fresh it is (更新周期). */
  readonly freshness?: Freshness | null | undefined;
  /** Unit of the department that keeps it (责任单位), at most 100 characters. */
  readonly unit?: string | null | undefined;
  /** Remark (备注), at most 500 characters. */
  readonly remark?: string | null | undefined;
};

/** Which demands; all conditions must hold. */
export type DemandFilter = {
  /** Owner of the field. */
  readonly department?: string | null | undefined;
  /** The application that asked. */
  readonly client?: string | null | undefined;
  /** What became of it. */
  readonly decision?: ItemDecision | null | undefined;
};

/** What became of one field of an application for access (审核结果). */
export type ItemDecision =
  /** 待审核 */
  | 'PENDING'
  /** 同意 */
  | 'APPROVED'
  /** 不同意 */
  | 'REFUSED';

/** A list of the catalogue. */
export type CatalogueList =
  /** Every field (资源目录). */
  | 'CATALOGUE'
  /** What departments vouch for (责任清单). */
  | 'RESPONSIBILITIES'
  /** What others asked for (需求清单). */
  | 'DEMANDS';

/** State of a benefit found. */
export type MyOfferState =
  /** 待确认 */
  | 'OFFERED'
  /** 已确认 */
  | 'CONFIRMED'
  /** 已放弃 */
  | 'DECLINED'
  /** 已失效：逾期未答复，或已被收回 */
  | 'LAPSED';

/** State of an application system (应用状态). */
export type ClientState =
  /** 正常 */
  | 'ACTIVE'
  /** 已挂起 */
  | 'HELD'
  /** 已停用 */
  | 'INACTIVE';

/** Which application systems; all conditions must hold. */
export type ClientFilter = {
  /** State. */
  readonly state?: ClientState | null | undefined;
  /** Text in identifier or name, any case, at most 100 characters. */
  readonly text?: string | null | undefined;
};

/** By what application systems are sorted. */
export type ClientSort =
  /** The identifier. */
  | 'ID'
  /** The name in Chinese. */
  | 'NAME'
  /** The state. */
  | 'STATE';

/** An application system to register. */
export type ClientInput = {
  /** OAuth client identifier, as its issuer has it: 1 to 64 letters, digits or . _ - */
  readonly id: string;
  /** Name in Chinese, 1 to 100 characters. */
  readonly nameZh: string;
  /** Name in English, 1 to 100 characters. */
  readonly nameEn: string;
};

/** What happened to an application system. */
export type ClientEventKind =
  /** 告警 */
  | 'ALARM'
  /** 挂起 */
  | 'HOLD'
  /** 解除挂起 */
  | 'RELEASE';

/** Which events; all conditions must hold. */
export type ClientEventFilter = {
  /** What happened. */
  readonly kind?: ReadonlyArray<ClientEventKind> | null | undefined;
  /** The application system. */
  readonly client?: string | null | undefined;
};

/** What a department found. */
export type CommitmentOutcome =
  /** 已履行 */
  | 'COMPLETED'
  /** 未履行或承诺不实 */
  | 'BREACHED';

/** Which commitments; all conditions must hold. */
export type CommitmentFilter = {
  /** Where they stand. */
  readonly state?: CommitmentState | null | undefined;
  /** A department that looks after them. */
  readonly department?: string | null | undefined;
  /** Matter. */
  readonly matter?: string | null | undefined;
  /** Whether their last day has passed with documents missing. Only true is looked at. */
  readonly overdue?: boolean | null | undefined;
};

/** What a person may be (角色). */
export type Role =
  /** Platform administrator (平台管理员): everything of the platform; decides for no department. */
  | 'PLATFORM_ADMIN'
  /** Department administrator (部门数据管理员): the things of the own department. */
  | 'DEPARTMENT_ADMIN'
  /** Auditor (审计员): sees everything but the contents of drafts, changes nothing. */
  | 'AUDITOR'
  /** Operator (业务经办): applies for access and registers applications' needs; decides nothing. */
  | 'OPERATOR'
  /** Citizen (公民): what concerns that person alone. */
  | 'CITIZEN';

/** What a grant lets an application see of a field (授权方式). */
export type Disclosure =
  /** The value (明文). */
  | 'FULL'
  /** The value behind the field's mask (脱敏). */
  | 'MASKED'
  /** Usable inside a matter's rule, never returned (仅用于核验). */
  | 'PREDICATE';

/** Whose data a grant opens (主体范围). */
export type SubjectScope =
  /** The case's own subjects (办件主体本人). */
  | 'CASE_SUBJECTS'
  /** The case's subjects and those within `maxHops` links of one (关联主体). */
  | 'RELATED'
  /** Anyone (不限). */
  | 'ANY';

/** A page of a list. Lists are counted, sorted and cut by the server. */
export type PageInput = {
  /** Number of the page, from 1 to 100000. */
  readonly number?: number;
  /** Entries of a page, 1 to 200. */
  readonly size?: number;
};

/** Order of a list. */
export type SortDirection =
  /** Smallest, first or earliest first (升序). */
  | 'ASC'
  /** Largest, last or latest first (降序). */
  | 'DESC';

/** Form of a file (文件格式). */
export type FileFormat =
  /** CSV in UTF-8 with a byte-order mark; read also in GB18030. */
  | 'CSV'
  /** Excel workbook, the first sheet. */
  | 'XLSX';

/** Of what a department is reminded. */
export type ReminderStage =
  /** 临期提醒: the last day is near. */
  | 'NEAR'
  /** 超期催办: it has passed. */
  | 'PASSED';

/** Where a reminder is on its way. */
export type ReminderState =
  /** 发送中 */
  | 'QUEUED'
  /** 已送达 */
  | 'DELIVERED'
  /** 未送达: given up after seven days of trying. */
  | 'EXPIRED'
  /** 未配置渠道: the configuration names no channel for the department. */
  | 'NO_CHANNEL';

/** Which disputes; all conditions must hold. */
export type DisputeFilter = {
  /** State. */
  readonly state?: DisputeState | null | undefined;
  /** Owner of the field. */
  readonly department?: string | null | undefined;
  /** The field. */
  readonly coordinate?: string | null | undefined;
  /** Whether beyond its time. */
  readonly overdue?: boolean | null | undefined;
};

/** State of a grant (授权状态). */
export type GrantStatus =
  /** 草稿 */
  | 'DRAFT'
  /** 待审核 */
  | 'SUBMITTED'
  /** 生效 */
  | 'APPROVED'
  /** 不同意 */
  | 'REFUSED'
  /** 已暂停 */
  | 'SUSPENDED'
  /** 已撤销 */
  | 'REVOKED'
  /** 已到期 */
  | 'EXPIRED';

/** Which grants; all conditions must hold. */
export type GrantFilter = {
  /** State. */
  readonly status?: ReadonlyArray<GrantStatus> | null | undefined;
  /** The application system. */
  readonly client?: string | null | undefined;
  /** The owner. */
  readonly department?: string | null | undefined;
  /** A matter. */
  readonly matter?: string | null | undefined;
  /** A field it names. */
  readonly coordinate?: string | null | undefined;
  /** In force until at most this day. */
  readonly endsBy?: string | null | undefined;
};

/** By what grants are sorted. */
export type GrantSort =
  /** The identifier. */
  | 'ID'
  /** The application system. */
  | 'CLIENT'
  /** The owner. */
  | 'DEPARTMENT'
  /** The last day. */
  | 'VALID_TO';

/** Terms of a grant as if it were in force. */
export type DraftGrantInput = {
  /** Identifier of the grant it stands for; null: a new one. */
  readonly id?: string | null | undefined;
  /** The application system. */
  readonly client: string;
  /** The owner. */
  readonly department: string;
  /** Matters. */
  readonly matters: ReadonlyArray<string>;
  /** Fields. */
  readonly items: ReadonlyArray<ApplicationItemInput>;
  /** GB/T 2260 prefixes; empty: no bound. */
  readonly regions?: ReadonlyArray<string>;
  /** Whose data. */
  readonly subjects?: SubjectScope;
  /** For RELATED: links from a case subject, 0 to 5. */
  readonly maxHops?: number;
  /** Distinct people and enterprises in a day, 1 to 10000000; null: no bound. */
  readonly subjectsPerDay?: number | null | undefined;
};

/** A change to try: exactly one of the two. */
export type GrantChangeInput = {
  /** A grant that would end. */
  readonly end?: string | null | undefined;
  /** A grant as it would be. */
  readonly draft?: DraftGrantInput | null | undefined;
};

/** Narrower terms of a grant. */
export type NarrowerTermsInput = {
  /** All its fields; one that is left out is no longer granted. */
  readonly items?: ReadonlyArray<ApplicationItemInput> | null | undefined;
  /** Matters. */
  readonly matters?: ReadonlyArray<string> | null | undefined;
  /** GB/T 2260 prefixes within the present ones. */
  readonly regions?: ReadonlyArray<string> | null | undefined;
  /** Whose data. */
  readonly subjects?: SubjectScope | null | undefined;
  /** Links from a case subject. */
  readonly maxHops?: number | null | undefined;
  /** Distinct people and enterprises in a day, 1 to 10000000, not more than at present. */
  readonly subjectsPerDay?: number | null | undefined;
  /** Last day. */
  readonly validTo?: string | null | undefined;
};

/** A made-up case. */
export type TryMatterInput = {
  /** The day of filing; default: today. */
  readonly filedOn?: string | null | undefined;
  /** The day judged by; default: the day of filing. */
  readonly asOf?: string | null | undefined;
  /** Division it is filed in; needed where divisions have rules of their own. */
  readonly division?: string | null | undefined;
  /** Identifier by role. Made up: nobody is looked up. */
  readonly subjects: unknown;
  /** The answer of the matter's facts query, as JSON. At most 64 KiB. */
  readonly facts: unknown;
};

/** Length of a step. */
export type MonitoringStep =
  /** 每分钟: for at most 6 hours. */
  | 'MINUTE'
  /** 每小时: for at most 31 days. */
  | 'HOUR'
  /** 每日 */
  | 'DAY';

/** What an entry is about. */
export type RecordKind =
  /** 数据请求 */
  | 'REQUEST'
  /** 管理操作 */
  | 'ADMINISTRATION'
  /** 管理面请求 */
  | 'CONTROL'
  /** 告警 */
  | 'ALARM';

/** How a request ended. */
export type RecordOutcome =
  /** 已答复 */
  | 'ANSWERED'
  /** 已拒绝 */
  | 'REFUSED'
  /** 失败 */
  | 'FAILED';

/** Which entries; all conditions must hold. */
export type RecordFilter = {
  /** From this instant. */
  readonly from: string;
  /** To this instant, not included; default: now. */
  readonly to?: string | null | undefined;
  /** What they are about. */
  readonly kind?: ReadonlyArray<RecordKind> | null | undefined;
  /** The application system. */
  readonly client?: string | null | undefined;
  /** Matter. */
  readonly matter?: string | null | undefined;
  /** Case number. */
  readonly caseNumber?: string | null | undefined;
  /** The subject's identifier and kind; looked up by its keyed pseudonym and never recorded. */
  readonly subject?: RecordSubjectInput | null | undefined;
  /** A field disclosed, masked, used or withheld. */
  readonly coordinate?: string | null | undefined;
  /** How it ended. */
  readonly outcome?: RecordOutcome | null | undefined;
  /** Code of a refusal. */
  readonly code?: string | null | undefined;
  /** Who acted, for administration and the control plane. */
  readonly actor?: string | null | undefined;
  /** Person at the application system, as it names them; not together with `actor`. */
  readonly operator?: string | null | undefined;
};

/** A subject to look for. */
export type RecordSubjectInput = {
  /** Kind of identifier, such as `CITIZEN`. */
  readonly kind: string;
  /** The identifier. */
  readonly id: string;
};

/** Form of an export of the record. */
export type RecordFormat =
  /** CSV, formulas escaped. */
  | 'CSV'
  /** JSON lines. */
  | 'JSON';

/** Form of the minors' report as a file. */
export type MinorsFormat =
  /** CSV: its lines, formulas escaped. */
  | 'CSV'
  /** JSON: all of it. */
  | 'JSON'
  /** Excel workbook: its lines, and a summary with the anomalies. */
  | 'XLSX';

/** State of a season. */
export type SeasonState =
  /** 待上传: its list is not there yet, or cannot be read. */
  | 'NEW'
  /** 待开始: its list was looked over. */
  | 'READY'
  /** 核验中 */
  | 'RUNNING'
  /** 已暂停: by a person, or because it could not go on. */
  | 'PAUSED'
  /** 已完成: every row has its result. */
  | 'DONE'
  /** 已结束: a person ended it. */
  | 'ENDED';

/** Which seasons; all conditions must hold. */
export type SeasonFilter = {
  /** The application system. */
  readonly client?: string | null | undefined;
  /** State. */
  readonly state?: SeasonState | null | undefined;
};

/** A season to be made. */
export type SeasonInput = {
  /** The application system in whose name it asks, with exactly its rights. */
  readonly client: string;
  /** The matter. */
  readonly matter: string;
  /** Name of the list's file, ending in .csv or .xlsx, 5 to 100 characters. Names no person. */
  readonly file: string;
  /** Cases a second at most, 1 to 1,000,000; null: as fast as departments let through. */
  readonly perSecond?: number | null | undefined;
  /** Hours of the day in which it asks, in the time zone of the gateway, such as `19:00-07:00`; null: always. */
  readonly between?: string | null | undefined;
  /** Headings of columns that are not found by themselves, at most 20. */
  readonly columns?: ReadonlyArray<SeasonColumnInput>;
};

/** A column of the list, by its heading. */
export type SeasonColumnInput = {
  /** `case`, `filedOn`, `division`, `school`, or a role of the matter. */
  readonly name: string;
  /** Its heading, 1 to 100 characters. */
  readonly heading: string;
};

/** State of a task. */
export type TaskState =
  /** 待核验 */
  | 'OPEN'
  /** 已核验 */
  | 'ANSWERED'
  /** 已取消 */
  | 'CANCELLED';

/** What a department found. */
export type TaskFinding =
  /** 属实 */
  | 'CONFIRMED'
  /** 不属实 */
  | 'NOT_CONFIRMED'
  /** 无法核验 */
  | 'CANNOT_TELL';

/** Which tasks; all conditions must hold. */
export type TaskFilter = {
  /** State. */
  readonly state?: TaskState | null | undefined;
  /** The department. */
  readonly department?: string | null | undefined;
  /** Matter. */
  readonly matter?: string | null | undefined;
  /** Whether beyond its time. */
  readonly overdue?: boolean | null | undefined;
};

/** State of a case (办件状态). */
export type CaseState =
  /** 已登记，待核验 */
  | 'REGISTERED'
  /** 已核验，待决定 */
  | 'JUDGED'
  /** 已办结 */
  | 'DECIDED'
  /** 人工复核中 */
  | 'UNDER_REVIEW'
  /** 已撤回 */
  | 'WITHDRAWN';

/** Where a rectification stands. */
export type RectificationState =
  /** 无需整改 */
  | 'NONE_NEEDED'
  /** 待整改 */
  | 'OPEN'
  /** 已答复，待回访 */
  | 'ANSWERED'
  /** 已解决 */
  | 'RESOLVED'
  /** 未解决，须重新整改 */
  | 'UNRESOLVED';

/** What can happen to a case. */
export type CaseEventKind =
  /** 登记 */
  | 'REGISTERED'
  /** 核验 */
  | 'JUDGED'
  /** 决定 */
  | 'DECIDED'
  /** 签署告知承诺 */
  | 'COMMITTED'
  /** 履行承诺 */
  | 'COMMITMENT_KEPT'
  /** 违反承诺 */
  | 'COMMITMENT_BREACHED'
  /** 部门核验任务下发 */
  | 'TASK_OPENED'
  /** 部门核验答复 */
  | 'TASK_ANSWERED'
  /** 申请人工复核 */
  | 'REVIEW_ASKED'
  /** 复核结论 */
  | 'REVIEW_DECIDED'
  /** 重新办理 */
  | 'REOPENED'
  /** 撤回 */
  | 'WITHDRAWN'
  /** 免申即享推送 */
  | 'OFFERED'
  /** 确认领取 */
  | 'OFFER_CONFIRMED'
  /** 放弃领取 */
  | 'OFFER_DECLINED'
  /** 提出数据异议 */
  | 'FACT_DISPUTED'
  /** 异议答复 */
  | 'DISPUTE_ANSWERED'
  /** 所依据的电子证照状态变化 */
  | 'LICENCE_STATUS_CHANGED'
  /** 评价 */
  | 'RATED'
  /** 差评整改 */
  | 'RECTIFICATION_OPENED'
  /** 整改答复 */
  | 'RECTIFIED'
  /** 整改办结 */
  | 'RECTIFICATION_CLOSED';

/** Where a commitment stands. */
export type CommitmentState =
  /** 先行办结，待补齐材料 */
  | 'AWAITING_DOCUMENTS'
  /** 逾期未补齐，待核查 */
  | 'FOLLOW_UP'
  /** 已履行 */
  | 'COMPLETED'
  /** 未履行或虚假承诺 */
  | 'BREACHED'
  /** 已信用修复 */
  | 'REINSTATED';

/** Sharing class (共享类型), 政务数据共享条例. */
export type SharingClass =
  /** 无条件共享: any authenticated application may read it without a grant. */
  | 'UNCONDITIONAL'
  /** 有条件共享: only under a grant, for its matters, fields, regions, subjects and time. */
  | 'CONDITIONAL'
  /** 不予共享: never, whatever is granted. */
  | 'NOT_SHARED';

/** Sensitivity (敏感程度) of a field. */
export type Sensitivity =
  /** Already public (公开). */
  | 'PUBLIC'
  /** Of an organisation or a thing, not public (内部). */
  | 'INTERNAL'
  /** Personal information (个人信息). */
  | 'PERSONAL'
  /** Sensitive personal information (敏感个人信息), PIPL art. 28: also everything about a child under 14. */
  | 'SENSITIVE';

/** State of a dispute (校核状态). */
export type DisputeState =
  /** 核查中 */
  | 'OPEN'
  /** 已答复 */
  | 'ANSWERED'
  /** 已撤回 */
  | 'WITHDRAWN';

/** What the owner found (核查结果). */
export type DisputeFinding =
  /** 数据有误，已更正 */
  | 'CORRECTED'
  /** 数据无误 */
  | 'UPHELD';

export type SessionQueryVariables = Exact<{ [key: string]: never; }>;


export type SessionQuery = { readonly me: { readonly name: string, readonly roles: ReadonlyArray<Role>, readonly departments: ReadonlyArray<string>, readonly allowed: ReadonlyArray<string>, readonly csrf: string | null, readonly expiresAt: string, readonly development: boolean } };

export type NamesQueryVariables = Exact<{
  page: number;
}>;


export type NamesQuery = { readonly catalogueDepartments: ReadonlyArray<{ readonly department: string, readonly nameZh: string, readonly types: ReadonlyArray<{ readonly type: string, readonly description: string, readonly unconditional: number, readonly conditional: number, readonly notShared: number }> }>, readonly catalogue: { readonly total: number, readonly items: ReadonlyArray<{ readonly coordinate: string, readonly type: string, readonly field: string, readonly valueType: string, readonly department: string, readonly class: SharingClass, readonly sensitivity: Sensitivity, readonly mask: string | null, readonly kind: FieldKind, readonly list: boolean, readonly description: string }> } };

export type MyUsesQueryVariables = Exact<{
  page: PageInput;
}>;


export type MyUsesQuery = { readonly mine: { readonly uses: { readonly total: number, readonly number: number, readonly size: number, readonly items: ReadonlyArray<{ readonly position: string, readonly time: string, readonly client: string, readonly clientNameZh: string, readonly matter: string | null, readonly matterZh: string | null, readonly caseNumber: string | null, readonly legalBases: ReadonlyArray<string>, readonly verdict: string | null, readonly fields: ReadonlyArray<{ readonly coordinate: string, readonly nameZh: string, readonly nameEn: string, readonly department: string, readonly how: string }> }> } } };

export type MyCasesQueryVariables = Exact<{
  page: PageInput;
}>;


export type MyCasesQuery = { readonly mine: { readonly cases: { readonly total: number, readonly number: number, readonly size: number, readonly items: ReadonlyArray<{ readonly id: string, readonly client: string, readonly number: string, readonly matterZh: string, readonly matterEn: string, readonly filedOn: string, readonly state: CaseState, readonly rating: number | null, readonly rectification: RectificationState | null, readonly rectifyBy: string | null, readonly mayRate: boolean, readonly decision: { readonly outcome: string } | null, readonly explanation: { readonly zh: string, readonly en: string } | null, readonly events: ReadonlyArray<{ readonly id: string, readonly kind: CaseEventKind, readonly time: string, readonly outcome: string | null, readonly department: string | null, readonly dueOn: string | null }> }> } } };

export type MyOffersQueryVariables = Exact<{ [key: string]: never; }>;


export type MyOffersQuery = { readonly mine: { readonly offers: ReadonlyArray<{ readonly id: string, readonly matterZh: string, readonly matterEn: string, readonly client: string, readonly clientNameZh: string, readonly clientNameEn: string, readonly state: MyOfferState, readonly answerBy: string, readonly caseNumber: string | null }> } };

export type MyDisputesQueryVariables = Exact<{ [key: string]: never; }>;


export type MyDisputesQuery = { readonly mine: { readonly disputes: ReadonlyArray<{ readonly id: string, readonly coordinate: string, readonly department: string, readonly reason: string, readonly raisedAt: string, readonly dueOn: string, readonly state: string, readonly finding: string | null, readonly answer: string | null }> } };

export type RaiseDisputeMutationVariables = Exact<{
  coordinate: string;
  reason: string;
}>;


export type RaiseDisputeMutation = { readonly raiseDispute: { readonly id: string } };

export type AnswerOfferMutationVariables = Exact<{
  id: string;
  confirm: boolean;
}>;


export type AnswerOfferMutation = { readonly answerOffer: { readonly id: string, readonly state: MyOfferState } };

export type RateCaseMutationVariables = Exact<{
  id: string;
  level: number;
  comment?: string | null | undefined;
}>;


export type RateCaseMutation = { readonly rateCase: { readonly id: string, readonly rating: number | null } };

export type ApplicationHeadFragment = { readonly id: string, readonly client: string, readonly clientNameZh: string, readonly status: ApplicationStatus, readonly purpose: string, readonly matters: ReadonlyArray<string>, readonly submittedAt: string | null, readonly createdAt: string, readonly createdBy: string, readonly actions: ReadonlyArray<string>, readonly parts: ReadonlyArray<{ readonly department: string, readonly decided: boolean, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly workingDays: number, readonly dueOn: string | null, readonly overdue: boolean, readonly daysLeft: number | null, readonly grant: string | null, readonly dataDueOn: string | null, readonly reminders: ReadonlyArray<{ readonly stage: ReminderStage, readonly at: string, readonly state: ReminderState }> }> };

export type ApplicationListQueryVariables = Exact<{
  filter?: ApplicationFilter | null | undefined;
  sort: ApplicationSort;
  direction: SortDirection;
  page: PageInput;
}>;


export type ApplicationListQuery = { readonly applications: { readonly total: number, readonly number: number, readonly size: number, readonly items: ReadonlyArray<{ readonly id: string, readonly client: string, readonly clientNameZh: string, readonly status: ApplicationStatus, readonly purpose: string, readonly matters: ReadonlyArray<string>, readonly submittedAt: string | null, readonly createdAt: string, readonly createdBy: string, readonly actions: ReadonlyArray<string>, readonly items: ReadonlyArray<{ readonly coordinate: string, readonly decision: ItemDecision }>, readonly parts: ReadonlyArray<{ readonly department: string, readonly decided: boolean, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly workingDays: number, readonly dueOn: string | null, readonly overdue: boolean, readonly daysLeft: number | null, readonly grant: string | null, readonly dataDueOn: string | null, readonly reminders: ReadonlyArray<{ readonly stage: ReminderStage, readonly at: string, readonly state: ReminderState }> }> }> } };

export type ApplicationOneQueryVariables = Exact<{
  id: string;
}>;


export type ApplicationOneQuery = { readonly application: { readonly legalBasis: string, readonly regions: ReadonlyArray<string>, readonly subjects: SubjectScope, readonly maxHops: number, readonly subjectsPerDay: number | null, readonly validFrom: string, readonly validTo: string, readonly submittedBy: string | null, readonly id: string, readonly client: string, readonly clientNameZh: string, readonly status: ApplicationStatus, readonly purpose: string, readonly matters: ReadonlyArray<string>, readonly submittedAt: string | null, readonly createdAt: string, readonly createdBy: string, readonly actions: ReadonlyArray<string>, readonly items: ReadonlyArray<{ readonly coordinate: string, readonly department: string, readonly class: SharingClass, readonly sensitivity: Sensitivity, readonly disclosure: Disclosure, readonly decision: ItemDecision, readonly granted: Disclosure | null, readonly reason: string | null }>, readonly parts: ReadonlyArray<{ readonly department: string, readonly decided: boolean, readonly decidedBy: string | null, readonly decidedAt: string | null, readonly workingDays: number, readonly dueOn: string | null, readonly overdue: boolean, readonly daysLeft: number | null, readonly grant: string | null, readonly dataDueOn: string | null, readonly reminders: ReadonlyArray<{ readonly stage: ReminderStage, readonly at: string, readonly state: ReminderState }> }> } | null };

export type MatterNeedsQueryVariables = Exact<{
  client: string;
  matter: string;
}>;


export type MatterNeedsQuery = { readonly matterNeeds: { readonly complete: boolean, readonly missing: ReadonlyArray<{ readonly department: string, readonly matter: string | null, readonly coordinates: ReadonlyArray<string> }> } };

export type CreateApplicationMutationVariables = Exact<{
  input: ApplicationInput;
}>;


export type CreateApplicationMutation = { readonly createApplication: { readonly id: string } };

export type UpdateApplicationMutationVariables = Exact<{
  id: string;
  input: ApplicationInput;
}>;


export type UpdateApplicationMutation = { readonly updateApplication: { readonly id: string } };

export type SubmitApplicationMutationVariables = Exact<{
  id: string;
}>;


export type SubmitApplicationMutation = { readonly submitApplication: { readonly id: string, readonly status: ApplicationStatus } };

export type WithdrawApplicationMutationVariables = Exact<{
  id: string;
}>;


export type WithdrawApplicationMutation = { readonly withdrawApplication: { readonly id: string, readonly status: ApplicationStatus } };

export type DecideApplicationMutationVariables = Exact<{
  id: string;
  department: string;
  decisions: ReadonlyArray<ItemDecisionInput> | ItemDecisionInput;
  bounds?: DecisionBoundsInput | null | undefined;
}>;


export type DecideApplicationMutation = { readonly decideApplication: { readonly id: string, readonly status: ApplicationStatus } };

export type CaseListQueryVariables = Exact<{
  filter?: CaseFilter | null | undefined;
  page: PageInput;
}>;


export type CaseListQuery = { readonly cases: { readonly total: number, readonly number: number, readonly size: number, readonly items: ReadonlyArray<{ readonly client: string, readonly number: string, readonly matter: string, readonly filedOn: string, readonly state: CaseState, readonly decision: { readonly outcome: string } | null, readonly deadlines: ReadonlyArray<{ readonly kind: CaseDeadlineKind, readonly dueOn: string, readonly overdue: boolean }>, readonly rating: { readonly level: number, readonly rectification: RectificationState, readonly dueOn: string | null } | null }> } };

export type CaseOneQueryVariables = Exact<{
  client: string;
  number: string;
}>;


export type CaseOneQuery = { readonly case: { readonly client: string, readonly number: string, readonly matter: string, readonly filedOn: string, readonly division: string | null, readonly state: CaseState, readonly verdict: string | null, readonly subjects: ReadonlyArray<{ readonly role: string, readonly kind: string }>, readonly decision: { readonly outcome: string, readonly time: string, readonly byPerson: boolean } | null, readonly deadlines: ReadonlyArray<{ readonly kind: CaseDeadlineKind, readonly dueOn: string, readonly overdue: boolean }>, readonly rating: { readonly level: number, readonly rectification: RectificationState, readonly dueOn: string | null } | null, readonly events: ReadonlyArray<{ readonly id: string, readonly kind: CaseEventKind, readonly time: string, readonly actor: string, readonly outcome: string | null, readonly department: string | null, readonly dueOn: string | null, readonly record: string | null }> } | null };

export type CatalogueListQueryVariables = Exact<{
  filter?: CatalogueFilter | null | undefined;
  sort: CatalogueSort;
  direction: SortDirection;
  page: PageInput;
}>;


export type CatalogueListQuery = { readonly catalogue: { readonly total: number, readonly number: number, readonly size: number, readonly items: ReadonlyArray<{ readonly coordinate: string, readonly type: string, readonly field: string, readonly valueType: string, readonly department: string, readonly class: SharingClass, readonly sensitivity: Sensitivity, readonly mask: string | null, readonly kind: FieldKind, readonly list: boolean, readonly description: string, readonly readers: ReadonlyArray<{ readonly client: string, readonly clientNameZh: string, readonly disclosure: Disclosure }> | null }> } };

export type CatalogueOneQueryVariables = Exact<{
  coordinate: string;
}>;


export type CatalogueOneQuery = { readonly catalogueField: { readonly coordinate: string, readonly type: string, readonly field: string, readonly valueType: string, readonly department: string, readonly class: SharingClass, readonly notSharedBasis: string | null, readonly sensitivity: Sensitivity, readonly mask: string | null, readonly kind: FieldKind, readonly list: boolean, readonly description: string, readonly responsibility: { readonly legalBasis: string | null, readonly freshness: Freshness | null, readonly unit: string | null, readonly remark: string | null, readonly saidBy: string, readonly saidAt: string } | null, readonly readers: ReadonlyArray<{ readonly client: string, readonly clientNameZh: string, readonly grant: string, readonly disclosure: Disclosure, readonly matters: ReadonlyArray<string>, readonly validTo: string, readonly subjectsPerDay: number | null }> | null } | null };

export type DemandsQueryVariables = Exact<{
  filter?: DemandFilter | null | undefined;
  page: PageInput;
}>;


export type DemandsQuery = { readonly demands: { readonly total: number, readonly number: number, readonly size: number, readonly items: ReadonlyArray<{ readonly coordinate: string, readonly department: string, readonly client: string, readonly matters: ReadonlyArray<string>, readonly disclosure: Disclosure, readonly application: string, readonly decision: ItemDecision, readonly submittedAt: string }> } };

export type ExportCatalogueQueryVariables = Exact<{
  list: CatalogueList;
  format: FileFormat;
  department?: string | null | undefined;
}>;


export type ExportCatalogueQuery = { readonly exportCatalogue: { readonly name: string, readonly mediaType: string, readonly base64: string, readonly rows: number } };

export type DescribeFieldMutationVariables = Exact<{
  coordinate: string;
  input: FieldResponsibilityInput;
}>;


export type DescribeFieldMutation = { readonly describeField: { readonly coordinate: string } };

export type ImportResponsibilitiesMutationVariables = Exact<{
  format: FileFormat;
  base64: string;
  dryRun: boolean;
}>;


export type ImportResponsibilitiesMutation = { readonly importResponsibilities: { readonly lines: number, readonly changed: ReadonlyArray<string>, readonly done: boolean, readonly faults: ReadonlyArray<{ readonly line: number, readonly column: string | null, readonly message: string }> } };

export type EventFragment = { readonly id: string, readonly kind: ClientEventKind, readonly client: string, readonly at: string, readonly actor: string | null, readonly reason: string | null, readonly record: string | null, readonly alarm: { readonly kind: string, readonly held: boolean, readonly from: string, readonly to: string, readonly subjects: number, readonly lookedUp: number, readonly unknown: number, readonly longestRun: number } | null };

export type ClientListQueryVariables = Exact<{
  filter?: ClientFilter | null | undefined;
  sort: ClientSort;
  direction: SortDirection;
  page: PageInput;
}>;


export type ClientListQuery = { readonly clients: { readonly total: number, readonly number: number, readonly size: number, readonly items: ReadonlyArray<{ readonly id: string, readonly nameZh: string, readonly nameEn: string, readonly state: ClientState, readonly releases: number, readonly grantsInForce: number, readonly actions: ReadonlyArray<string>, readonly latestEvent: { readonly id: string, readonly kind: ClientEventKind, readonly client: string, readonly at: string, readonly actor: string | null, readonly reason: string | null, readonly record: string | null, readonly alarm: { readonly kind: string, readonly held: boolean, readonly from: string, readonly to: string, readonly subjects: number, readonly lookedUp: number, readonly unknown: number, readonly longestRun: number } | null } | null }> } };

export type ClientNamesQueryVariables = Exact<{ [key: string]: never; }>;


export type ClientNamesQuery = { readonly clients: { readonly items: ReadonlyArray<{ readonly id: string, readonly nameZh: string, readonly nameEn: string, readonly state: ClientState }> } };

export type ClientEventsQueryVariables = Exact<{
  filter?: ClientEventFilter | null | undefined;
  page: PageInput;
}>;


export type ClientEventsQuery = { readonly clientEvents: { readonly total: number, readonly number: number, readonly size: number, readonly items: ReadonlyArray<{ readonly id: string, readonly kind: ClientEventKind, readonly client: string, readonly at: string, readonly actor: string | null, readonly reason: string | null, readonly record: string | null, readonly alarm: { readonly kind: string, readonly held: boolean, readonly from: string, readonly to: string, readonly subjects: number, readonly lookedUp: number, readonly unknown: number, readonly longestRun: number } | null }> } };

export type PublicKeysQueryVariables = Exact<{ [key: string]: never; }>;


export type PublicKeysQuery = { readonly publicKeys: ReadonlyArray<{ readonly kid: string, readonly alg: string, readonly jwk: unknown }> };

export type RegisterClientMutationVariables = Exact<{
  input: ClientInput;
}>;


export type RegisterClientMutation = { readonly registerClient: { readonly id: string } };

export type RenameClientMutationVariables = Exact<{
  input: ClientInput;
}>;


export type RenameClientMutation = { readonly renameClient: { readonly id: string } };

export type SetClientActiveMutationVariables = Exact<{
  id: string;
  active: boolean;
  reason: string;
}>;


export type SetClientActiveMutation = { readonly setClientActive: { readonly id: string } };

export type HoldClientMutationVariables = Exact<{
  id: string;
  reason: string;
}>;


export type HoldClientMutation = { readonly holdClient: { readonly id: string } };

export type ReleaseClientMutationVariables = Exact<{
  id: string;
  reason: string;
}>;


export type ReleaseClientMutation = { readonly releaseClient: { readonly id: string } };

export type CommitmentListQueryVariables = Exact<{
  filter?: CommitmentFilter | null | undefined;
  page: PageInput;
}>;


export type CommitmentListQuery = { readonly commitments: { readonly total: number, readonly number: number, readonly size: number, readonly items: ReadonlyArray<{ readonly id: string, readonly client: string, readonly matter: string, readonly caseNumber: string, readonly departments: ReadonlyArray<string>, readonly state: CommitmentState, readonly signedAt: string, readonly dueOn: string, readonly overdue: boolean, readonly actions: ReadonlyArray<string>, readonly reminders: ReadonlyArray<{ readonly department: string, readonly stage: ReminderStage, readonly at: string, readonly state: ReminderState }>, readonly documents: ReadonlyArray<{ readonly nameZh: string, readonly nameEn: string, readonly received: boolean }>, readonly events: ReadonlyArray<{ readonly at: string, readonly kind: string, readonly by: string, readonly reason: string | null }> }> } };

export type ConcludeCommitmentMutationVariables = Exact<{
  id: string;
  outcome: CommitmentOutcome;
  reason: string;
}>;


export type ConcludeCommitmentMutation = { readonly concludeCommitment: { readonly id: string } };

export type ReinstateCommitmentMutationVariables = Exact<{
  id: string;
  reason: string;
}>;


export type ReinstateCommitmentMutation = { readonly reinstateCommitment: { readonly id: string } };

export type DisputeListQueryVariables = Exact<{
  filter?: DisputeFilter | null | undefined;
  page: PageInput;
}>;


export type DisputeListQuery = { readonly disputes: { readonly total: number, readonly number: number, readonly size: number, readonly items: ReadonlyArray<{ readonly id: string, readonly coordinate: string, readonly department: string, readonly subject: string, readonly reason: string, readonly raisedBy: string, readonly raisedAt: string, readonly dueOn: string, readonly overdue: boolean, readonly state: DisputeState, readonly finding: DisputeFinding | null, readonly answer: string | null, readonly answeredBy: string | null, readonly answeredAt: string | null, readonly receipts: ReadonlyArray<string>, readonly reminders: ReadonlyArray<{ readonly stage: ReminderStage, readonly at: string, readonly state: ReminderState }> }> } };

export type AnswerDisputeMutationVariables = Exact<{
  id: string;
  finding: DisputeFinding;
  reason: string;
}>;


export type AnswerDisputeMutation = { readonly answerDispute: { readonly id: string } };

export type ExplainQueryVariables = Exact<{
  client: string;
  matter?: string | null | undefined;
  query: string;
  operationName?: string | null | undefined;
}>;


export type ExplainQuery = { readonly explainAccess: { readonly complete: boolean, readonly cost: number, readonly quotas: ReadonlyArray<{ readonly grant: string, readonly subjectsPerDay: number }>, readonly decisions: ReadonlyArray<{ readonly path: string, readonly coordinate: string, readonly department: string, readonly decision: string, readonly reason: string | null, readonly grants: ReadonlyArray<string> }>, readonly missing: ReadonlyArray<{ readonly department: string, readonly matter: string | null, readonly coordinates: ReadonlyArray<string> }> } };

export type GrantTermsFragment = { readonly id: string, readonly client: string, readonly clientNameZh: string, readonly department: string, readonly status: GrantStatus, readonly inForce: boolean, readonly matters: ReadonlyArray<string>, readonly legalBasis: string, readonly regions: ReadonlyArray<string>, readonly subjects: SubjectScope, readonly maxHops: number, readonly subjectsPerDay: number | null, readonly validFrom: string, readonly validTo: string, readonly actions: ReadonlyArray<string>, readonly coordinates: ReadonlyArray<{ readonly coordinate: string, readonly disclosure: Disclosure }> };

export type GrantListQueryVariables = Exact<{
  filter?: GrantFilter | null | undefined;
  sort: GrantSort;
  direction: SortDirection;
  page: PageInput;
}>;


export type GrantListQuery = { readonly grants: { readonly total: number, readonly number: number, readonly size: number, readonly items: ReadonlyArray<{ readonly id: string, readonly client: string, readonly clientNameZh: string, readonly department: string, readonly status: GrantStatus, readonly inForce: boolean, readonly matters: ReadonlyArray<string>, readonly legalBasis: string, readonly regions: ReadonlyArray<string>, readonly subjects: SubjectScope, readonly maxHops: number, readonly subjectsPerDay: number | null, readonly validFrom: string, readonly validTo: string, readonly actions: ReadonlyArray<string>, readonly coordinates: ReadonlyArray<{ readonly coordinate: string, readonly disclosure: Disclosure }> }> } };

export type GrantOneQueryVariables = Exact<{
  id: string;
}>;


export type GrantOneQuery = { readonly grant: { readonly id: string, readonly client: string, readonly clientNameZh: string, readonly department: string, readonly status: GrantStatus, readonly inForce: boolean, readonly matters: ReadonlyArray<string>, readonly legalBasis: string, readonly regions: ReadonlyArray<string>, readonly subjects: SubjectScope, readonly maxHops: number, readonly subjectsPerDay: number | null, readonly validFrom: string, readonly validTo: string, readonly actions: ReadonlyArray<string>, readonly changes: ReadonlyArray<{ readonly at: string, readonly actor: string, readonly action: string, readonly before: unknown, readonly after: unknown, readonly record: string | null }>, readonly coordinates: ReadonlyArray<{ readonly coordinate: string, readonly disclosure: Disclosure }> } | null };

export type CompareGrantsQueryVariables = Exact<{
  left: string;
  right: string;
}>;


export type CompareGrantsQuery = { readonly compareGrants: { readonly left: { readonly id: string, readonly client: string, readonly clientNameZh: string, readonly department: string, readonly status: GrantStatus, readonly inForce: boolean, readonly matters: ReadonlyArray<string>, readonly legalBasis: string, readonly regions: ReadonlyArray<string>, readonly subjects: SubjectScope, readonly maxHops: number, readonly subjectsPerDay: number | null, readonly validFrom: string, readonly validTo: string, readonly actions: ReadonlyArray<string>, readonly coordinates: ReadonlyArray<{ readonly coordinate: string, readonly disclosure: Disclosure }> }, readonly right: { readonly id: string, readonly client: string, readonly clientNameZh: string, readonly department: string, readonly status: GrantStatus, readonly inForce: boolean, readonly matters: ReadonlyArray<string>, readonly legalBasis: string, readonly regions: ReadonlyArray<string>, readonly subjects: SubjectScope, readonly maxHops: number, readonly subjectsPerDay: number | null, readonly validFrom: string, readonly validTo: string, readonly actions: ReadonlyArray<string>, readonly coordinates: ReadonlyArray<{ readonly coordinate: string, readonly disclosure: Disclosure }> }, readonly fields: ReadonlyArray<{ readonly coordinate: string, readonly left: Disclosure | null, readonly right: Disclosure | null }>, readonly terms: ReadonlyArray<{ readonly term: string, readonly left: string, readonly right: string }> } };

export type TryChangeQueryVariables = Exact<{
  change: GrantChangeInput;
  days: number;
}>;


export type TryChangeQuery = { readonly dryRun: { readonly from: string, readonly requests: number, readonly operations: number, readonly quota: { readonly subjectsPerDay: number, readonly busiestDay: string | null, readonly mostSubjects: number, readonly daysBeyond: number } | null, readonly losses: ReadonlyArray<{ readonly client: string, readonly matter: string | null, readonly coordinate: string, readonly before: string, readonly after: string, readonly requests: number }>, readonly gains: ReadonlyArray<{ readonly client: string, readonly matter: string | null, readonly coordinate: string, readonly before: string, readonly after: string, readonly requests: number }> } };

export type GrantUsesQueryVariables = Exact<{
  days: number;
  department?: string | null | undefined;
  page: PageInput;
}>;


export type GrantUsesQuery = { readonly grantUse: { readonly total: number, readonly number: number, readonly size: number, readonly items: ReadonlyArray<{ readonly requests: number, readonly lastUsedAt: string | null, readonly unusedFields: ReadonlyArray<string>, readonly unusedMatters: ReadonlyArray<string>, readonly grant: { readonly id: string, readonly client: string, readonly clientNameZh: string, readonly department: string, readonly status: GrantStatus, readonly inForce: boolean, readonly matters: ReadonlyArray<string>, readonly legalBasis: string, readonly regions: ReadonlyArray<string>, readonly subjects: SubjectScope, readonly maxHops: number, readonly subjectsPerDay: number | null, readonly validFrom: string, readonly validTo: string, readonly actions: ReadonlyArray<string>, readonly coordinates: ReadonlyArray<{ readonly coordinate: string, readonly disclosure: Disclosure }> }, readonly leastFields: ReadonlyArray<{ readonly coordinate: string, readonly disclosure: Disclosure }> }> } };

export type NarrowGrantMutationVariables = Exact<{
  id: string;
  terms: NarrowerTermsInput;
  reason: string;
}>;


export type NarrowGrantMutation = { readonly narrowGrant: { readonly id: string } };

export type CopyGrantMutationVariables = Exact<{
  id: string;
  client?: string | null | undefined;
  matters?: ReadonlyArray<string> | string | null | undefined;
  validTo?: string | null | undefined;
  purpose: string;
}>;


export type CopyGrantMutation = { readonly copyGrant: { readonly id: string } };

export type SuspendGrantMutationVariables = Exact<{
  id: string;
  reason: string;
}>;


export type SuspendGrantMutation = { readonly suspendGrant: { readonly id: string } };

export type ResumeGrantMutationVariables = Exact<{
  id: string;
  reason: string;
}>;


export type ResumeGrantMutation = { readonly resumeGrant: { readonly id: string } };

export type RevokeGrantMutationVariables = Exact<{
  id: string;
  reason: string;
}>;


export type RevokeGrantMutation = { readonly revokeGrant: { readonly id: string } };

export type MatterNamesQueryVariables = Exact<{ [key: string]: never; }>;


export type MatterNamesQuery = { readonly matters: { readonly items: ReadonlyArray<{ readonly code: string, readonly name: { readonly zh: string, readonly en: string } }> } };

export type MatterListQueryVariables = Exact<{
  text?: string | null | undefined;
  page: PageInput;
}>;


export type MatterListQuery = { readonly matters: { readonly total: number, readonly number: number, readonly size: number, readonly items: ReadonlyArray<{ readonly code: string, readonly instant: boolean, readonly clients: ReadonlyArray<string>, readonly name: { readonly zh: string, readonly en: string }, readonly formerProofs: ReadonlyArray<{ readonly mode: string }>, readonly requirements: ReadonlyArray<{ readonly id: string }>, readonly form: ReadonlyArray<{ readonly from: string | null }> | null }> } };

export type MatterOneQueryVariables = Exact<{
  code: string;
}>;


export type MatterOneQuery = { readonly matter: { readonly code: string, readonly implementationCode: string, readonly instant: boolean, readonly facts: string, readonly formFacts: string | null, readonly clients: ReadonlyArray<string>, readonly name: { readonly zh: string, readonly en: string }, readonly legalBasis: ReadonlyArray<{ readonly zh: string, readonly en: string }>, readonly roles: ReadonlyArray<{ readonly role: string, readonly kind: string, readonly required: boolean }>, readonly formerProofs: ReadonlyArray<{ readonly mode: string, readonly name: { readonly zh: string, readonly en: string } }>, readonly review: { readonly zh: string, readonly en: string }, readonly form: ReadonlyArray<{ readonly field: string, readonly from: string | null, readonly name: { readonly zh: string, readonly en: string } }> | null, readonly ruleSets: ReadonlyArray<{ readonly id: string, readonly from: string, readonly to: string | null, readonly divisions: ReadonlyArray<string>, readonly parameters: unknown }>, readonly terms: ReadonlyArray<{ readonly name: string, readonly expression: string }>, readonly requirements: ReadonlyArray<{ readonly id: string, readonly department: string, readonly effect: string, readonly whenFalse: string | null, readonly rule: string, readonly element: string, readonly name: { readonly zh: string, readonly en: string }, readonly reason: { readonly zh: string, readonly en: string }, readonly elements: ReadonlyArray<{ readonly when: string, readonly element: string, readonly reason: { readonly zh: string, readonly en: string } }> }> } | null };

export type TryMatterQueryVariables = Exact<{
  code: string;
  input: TryMatterInput;
}>;


export type TryMatterQuery = { readonly tryMatter: { readonly verdict: string, readonly tier: string | null, readonly tierZh: string | null, readonly ruleSet: string, readonly asOf: string, readonly reasonsZh: ReadonlyArray<string>, readonly reasonsEn: ReadonlyArray<string>, readonly requirements: ReadonlyArray<{ readonly id: string, readonly nameZh: string, readonly nameEn: string, readonly outcome: string, readonly effect: string, readonly element: string | null, readonly department: string, readonly reasonZh: string | null, readonly reasonEn: string | null }> } };

export type MonitoringPeriodQueryVariables = Exact<{
  from: string;
  to?: string | null | undefined;
  step: MonitoringStep;
}>;


export type MonitoringPeriodQuery = { readonly monitoring: { readonly requests: number, readonly series: ReadonlyArray<{ readonly at: string, readonly answered: number, readonly refused: number, readonly failed: number }>, readonly verdicts: ReadonlyArray<{ readonly name: string, readonly count: number }>, readonly refusals: ReadonlyArray<{ readonly name: string, readonly count: number }>, readonly topClients: ReadonlyArray<{ readonly name: string, readonly count: number }>, readonly topMatters: ReadonlyArray<{ readonly name: string, readonly count: number }>, readonly topFields: ReadonlyArray<{ readonly name: string, readonly count: number }>, readonly unanswered: ReadonlyArray<{ readonly name: string, readonly count: number }>, readonly ratings: { readonly openRectifications: number, readonly overdueRectifications: number, readonly levels: ReadonlyArray<{ readonly name: string, readonly count: number }> } | null } };

export type MonitoringLiveQueryVariables = Exact<{ [key: string]: never; }>;


export type MonitoringLiveQuery = { readonly live: { readonly p50: number | null, readonly p95: number | null, readonly p99: number | null, readonly departments: ReadonlyArray<{ readonly department: string, readonly state: string, readonly breaker: string, readonly lastFault: string | null, readonly lastFaultAt: string | null, readonly waiting: number, readonly inAir: number, readonly up: number, readonly down: number }>, readonly cities: ReadonlyArray<{ readonly city: string, readonly department: string, readonly matter: string, readonly state: string, readonly breaker: string, readonly lastFault: string | null, readonly lastFaultAt: string | null, readonly waiting: number, readonly inAir: number, readonly up: number, readonly down: number }> } };

export type OverviewLiveQueryVariables = Exact<{ [key: string]: never; }>;


export type OverviewLiveQuery = { readonly live: { readonly at: string, readonly inProgress: number, readonly p50: number | null, readonly p95: number | null, readonly p99: number | null, readonly departments: ReadonlyArray<{ readonly department: string, readonly state: string, readonly waiting: number, readonly inAir: number, readonly up: number, readonly down: number }> } };

export type OverviewDayQueryVariables = Exact<{
  from: string;
}>;


export type OverviewDayQuery = { readonly monitoring: { readonly requests: number, readonly series: ReadonlyArray<{ readonly at: string, readonly answered: number, readonly refused: number, readonly failed: number }>, readonly verdicts: ReadonlyArray<{ readonly name: string, readonly count: number }>, readonly refusals: ReadonlyArray<{ readonly name: string, readonly count: number }>, readonly topMatters: ReadonlyArray<{ readonly name: string, readonly count: number }> } };

export type WaitingApplicationsQueryVariables = Exact<{ [key: string]: never; }>;


export type WaitingApplicationsQuery = { readonly applications: { readonly total: number, readonly items: ReadonlyArray<{ readonly id: string, readonly client: string, readonly clientNameZh: string, readonly purpose: string, readonly submittedAt: string | null, readonly actions: ReadonlyArray<string>, readonly parts: ReadonlyArray<{ readonly department: string, readonly decided: boolean, readonly daysLeft: number | null, readonly overdue: boolean }> }> } };

export type WaitingOverdueQueryVariables = Exact<{ [key: string]: never; }>;


export type WaitingOverdueQuery = { readonly applications: { readonly total: number } };

export type WaitingDisputesQueryVariables = Exact<{ [key: string]: never; }>;


export type WaitingDisputesQuery = { readonly disputes: { readonly total: number } };

export type WaitingTasksQueryVariables = Exact<{ [key: string]: never; }>;


export type WaitingTasksQuery = { readonly tasks: { readonly total: number } };

export type WaitingHoldsQueryVariables = Exact<{ [key: string]: never; }>;


export type WaitingHoldsQuery = { readonly clients: { readonly total: number, readonly items: ReadonlyArray<{ readonly id: string, readonly nameZh: string, readonly nameEn: string, readonly latestEvent: { readonly at: string, readonly reason: string | null } | null }> } };

export type SealsQueryVariables = Exact<{
  verify: boolean;
}>;


export type SealsQuery = { readonly sealState: ReadonlyArray<{ readonly chain: string, readonly entries: number, readonly sealed: number, readonly verifiedAt: string | null, readonly sound: boolean | null, readonly faults: ReadonlyArray<string> }> };

export type EndingGrantsQueryVariables = Exact<{
  endsBy: string;
}>;


export type EndingGrantsQuery = { readonly grants: { readonly total: number } };

export type EntryFragment = { readonly position: string, readonly hash: string, readonly kind: RecordKind, readonly time: string, readonly client: string | null, readonly operator: string | null, readonly matter: string | null, readonly caseNumber: string | null, readonly legalBases: ReadonlyArray<string>, readonly subjects: ReadonlyArray<string>, readonly disclosed: ReadonlyArray<string>, readonly masked: ReadonlyArray<string>, readonly used: ReadonlyArray<string>, readonly withheld: ReadonlyArray<string>, readonly verdict: string | null, readonly outcome: RecordOutcome | null, readonly code: string | null, readonly actor: string | null, readonly inWords: { readonly zh: string, readonly en: string }, readonly changes: ReadonlyArray<{ readonly action: string, readonly subject: string, readonly before: unknown, readonly after: unknown }> };

export type RecordListQueryVariables = Exact<{
  filter: RecordFilter;
  size: number;
  after?: string | null | undefined;
}>;


export type RecordListQuery = { readonly records: { readonly next: string | null, readonly unsound: ReadonlyArray<string>, readonly items: ReadonlyArray<{ readonly position: string, readonly hash: string, readonly kind: RecordKind, readonly time: string, readonly client: string | null, readonly operator: string | null, readonly matter: string | null, readonly caseNumber: string | null, readonly legalBases: ReadonlyArray<string>, readonly subjects: ReadonlyArray<string>, readonly disclosed: ReadonlyArray<string>, readonly masked: ReadonlyArray<string>, readonly used: ReadonlyArray<string>, readonly withheld: ReadonlyArray<string>, readonly verdict: string | null, readonly outcome: RecordOutcome | null, readonly code: string | null, readonly actor: string | null, readonly inWords: { readonly zh: string, readonly en: string }, readonly changes: ReadonlyArray<{ readonly action: string, readonly subject: string, readonly before: unknown, readonly after: unknown }> }> } };

export type RecordOneQueryVariables = Exact<{
  position: string;
}>;


export type RecordOneQuery = { readonly record: { readonly position: string, readonly hash: string, readonly kind: RecordKind, readonly time: string, readonly client: string | null, readonly operator: string | null, readonly matter: string | null, readonly caseNumber: string | null, readonly legalBases: ReadonlyArray<string>, readonly subjects: ReadonlyArray<string>, readonly disclosed: ReadonlyArray<string>, readonly masked: ReadonlyArray<string>, readonly used: ReadonlyArray<string>, readonly withheld: ReadonlyArray<string>, readonly verdict: string | null, readonly outcome: RecordOutcome | null, readonly code: string | null, readonly actor: string | null, readonly inWords: { readonly zh: string, readonly en: string }, readonly changes: ReadonlyArray<{ readonly action: string, readonly subject: string, readonly before: unknown, readonly after: unknown }> } | null };

export type ExportRecordsQueryVariables = Exact<{
  filter: RecordFilter;
  format: RecordFormat;
}>;


export type ExportRecordsQuery = { readonly exportRecords: { readonly signature: string, readonly file: { readonly name: string, readonly mediaType: string, readonly base64: string, readonly rows: number } } };

export type ExportMinorsQueryVariables = Exact<{
  year: number;
  format: MinorsFormat;
}>;


export type ExportMinorsQuery = { readonly exportMinorsReport: { readonly signature: string, readonly file: { readonly name: string, readonly mediaType: string, readonly base64: string, readonly rows: number } } };

export type MinorsQueryVariables = Exact<{
  year: number;
}>;


export type MinorsQuery = { readonly minorsReport: { readonly year: number, readonly requests: number, readonly minors: number, readonly under14: number, readonly refused: number, readonly ageNotKnown: number, readonly lines: ReadonlyArray<{ readonly client: string | null, readonly operator: string | null, readonly matter: string | null, readonly legalBases: ReadonlyArray<string>, readonly requests: number, readonly minors: number, readonly under14: number, readonly atNight: number, readonly fields: ReadonlyArray<{ readonly name: string, readonly count: number }> }>, readonly anomalies: ReadonlyArray<{ readonly kind: string, readonly client: string | null, readonly inWords: string }> } };

export type SeasonListQueryVariables = Exact<{
  filter?: SeasonFilter | null | undefined;
  page: PageInput;
}>;


export type SeasonListQuery = { readonly seasons: { readonly total: number, readonly number: number, readonly size: number, readonly items: ReadonlyArray<{ readonly id: string, readonly client: string, readonly matter: string, readonly file: string, readonly state: SeasonState, readonly working: boolean, readonly createdBy: string, readonly createdAt: string, readonly list: { readonly rows: number } | null, readonly progress: { readonly done: number } }> } };

export type SeasonOneQueryVariables = Exact<{
  id: string;
}>;


export type SeasonOneQuery = { readonly season: { readonly id: string, readonly client: string, readonly matter: string, readonly file: string, readonly state: SeasonState, readonly working: boolean, readonly perSecond: number | null, readonly between: string | null, readonly createdBy: string, readonly createdAt: string, readonly startedBy: string | null, readonly startedAt: string | null, readonly stoppedAt: string | null, readonly removedAfter: string | null, readonly actions: ReadonlyArray<string>, readonly list: { readonly sha256: string, readonly bytes: number, readonly rows: number, readonly faulty: number, readonly columns: ReadonlyArray<{ readonly name: string, readonly heading: string }>, readonly faults: ReadonlyArray<{ readonly row: number, readonly column: string, readonly zh: string, readonly en: string }> } | null, readonly progress: { readonly done: number, readonly perSecond: number, readonly secondsLeft: number | null, readonly waitsUntil: string | null, readonly verdicts: ReadonlyArray<{ readonly name: string, readonly count: number }>, readonly waits: { readonly zh: string, readonly en: string } | null, readonly faults: ReadonlyArray<{ readonly zh: string, readonly en: string }>, readonly reasons: ReadonlyArray<{ readonly name: string, readonly count: number }>, readonly divisions: ReadonlyArray<{ readonly name: string, readonly count: number, readonly verdicts: ReadonlyArray<{ readonly name: string, readonly count: number }> }>, readonly schools: ReadonlyArray<{ readonly name: string, readonly count: number, readonly verdicts: ReadonlyArray<{ readonly name: string, readonly count: number }> }> } } | null };

export type SeasonClientsQueryVariables = Exact<{ [key: string]: never; }>;


export type SeasonClientsQuery = { readonly seasonClients: ReadonlyArray<{ readonly id: string, readonly nameZh: string, readonly nameEn: string }> };

export type SeasonFilesQueryVariables = Exact<{
  id: string;
}>;


export type SeasonFilesQuery = { readonly seasonFiles: ReadonlyArray<{ readonly name: string, readonly path: string, readonly bytes: number }> };

export type CreateSeasonMutationVariables = Exact<{
  input: SeasonInput;
}>;


export type CreateSeasonMutation = { readonly createSeason: { readonly id: string } };

export type StartSeasonMutationVariables = Exact<{
  id: string;
}>;


export type StartSeasonMutation = { readonly startSeason: { readonly id: string } };

export type PauseSeasonMutationVariables = Exact<{
  id: string;
}>;


export type PauseSeasonMutation = { readonly pauseSeason: { readonly id: string } };

export type ResumeSeasonMutationVariables = Exact<{
  id: string;
}>;


export type ResumeSeasonMutation = { readonly resumeSeason: { readonly id: string } };

export type EndSeasonMutationVariables = Exact<{
  id: string;
  reason: string;
}>;


export type EndSeasonMutation = { readonly endSeason: { readonly id: string } };

export type TaskListQueryVariables = Exact<{
  filter?: TaskFilter | null | undefined;
  page: PageInput;
}>;


export type TaskListQuery = { readonly tasks: { readonly total: number, readonly number: number, readonly size: number, readonly items: ReadonlyArray<{ readonly id: string, readonly department: string, readonly client: string, readonly matter: string, readonly caseNumber: string, readonly proofZh: string, readonly proofEn: string, readonly state: TaskState, readonly openedAt: string, readonly dueOn: string | null, readonly overdue: boolean, readonly finding: TaskFinding | null, readonly reason: string | null, readonly answeredBy: string | null, readonly answeredAt: string | null, readonly reminders: ReadonlyArray<{ readonly stage: ReminderStage, readonly at: string, readonly state: ReminderState }> }> } };

export type TaskOneQueryVariables = Exact<{
  id: string;
}>;


export type TaskOneQuery = { readonly task: { readonly questionZh: string | null, readonly questionEn: string | null, readonly subjects: ReadonlyArray<{ readonly role: string, readonly kind: string, readonly id: string, readonly masked: boolean }> } | null };

export type AnswerTaskMutationVariables = Exact<{
  id: string;
  finding: TaskFinding;
  reason?: string | null | undefined;
}>;


export type AnswerTaskMutation = { readonly answerTask: { readonly id: string } };

export const Session: Operation<SessionQuery, SessionQueryVariables> = {
  name: 'Session',
  text: "query Session{me{name roles departments allowed csrf expiresAt development}}",
};

export const Names: Operation<NamesQuery, NamesQueryVariables> = {
  name: 'Names',
  text: "query Names($page:Int!){catalogueDepartments{department nameZh types{type description unconditional conditional notShared}}catalogue(page:{number:$page size:200}){total items{coordinate type field valueType department class sensitivity mask kind list description}}}",
};

export const MyUses: Operation<MyUsesQuery, MyUsesQueryVariables> = {
  name: 'MyUses',
  text: "query MyUses($page:PageInput!){mine{uses(page:$page){total number size items{position time client clientNameZh matter matterZh caseNumber legalBases verdict fields{coordinate nameZh nameEn department how}}}}}",
};

export const MyCases: Operation<MyCasesQuery, MyCasesQueryVariables> = {
  name: 'MyCases',
  text: "query MyCases($page:PageInput!){mine{cases(page:$page){total number size items{id client number matterZh matterEn filedOn state decision{outcome}rating rectification rectifyBy explanation{zh en}mayRate events{id kind time outcome department dueOn}}}}}",
};

export const MyOffers: Operation<MyOffersQuery, MyOffersQueryVariables> = {
  name: 'MyOffers',
  text: "query MyOffers{mine{offers{id matterZh matterEn client clientNameZh clientNameEn state answerBy caseNumber}}}",
};

export const MyDisputes: Operation<MyDisputesQuery, MyDisputesQueryVariables> = {
  name: 'MyDisputes',
  text: "query MyDisputes{mine{disputes{id coordinate department reason raisedAt dueOn state finding answer}}}",
};

export const RaiseDispute: Operation<RaiseDisputeMutation, RaiseDisputeMutationVariables> = {
  name: 'RaiseDispute',
  text: "mutation RaiseDispute($coordinate:String!$reason:String!){raiseDispute(coordinate:$coordinate reason:$reason){id}}",
};

export const AnswerOffer: Operation<AnswerOfferMutation, AnswerOfferMutationVariables> = {
  name: 'AnswerOffer',
  text: "mutation AnswerOffer($id:ID!$confirm:Boolean!){answerOffer(id:$id confirm:$confirm){id state}}",
};

export const RateCase: Operation<RateCaseMutation, RateCaseMutationVariables> = {
  name: 'RateCase',
  text: "mutation RateCase($id:ID!$level:Int!$comment:String){rateCase(id:$id level:$level comment:$comment){id rating}}",
};

export const ApplicationList: Operation<ApplicationListQuery, ApplicationListQueryVariables> = {
  name: 'ApplicationList',
  text: "query ApplicationList($filter:ApplicationFilter$sort:ApplicationSort!$direction:SortDirection!$page:PageInput!){applications(filter:$filter sort:$sort direction:$direction page:$page){total number size items{...ApplicationHead items{coordinate decision}}}}fragment ApplicationHead on Application{id client clientNameZh status purpose matters submittedAt createdAt createdBy actions parts{department decided decidedBy decidedAt workingDays dueOn overdue daysLeft reminders{stage at state}grant dataDueOn}}",
};

export const ApplicationOne: Operation<ApplicationOneQuery, ApplicationOneQueryVariables> = {
  name: 'ApplicationOne',
  text: "query ApplicationOne($id:ID!){application(id:$id){...ApplicationHead legalBasis items{coordinate department class sensitivity disclosure decision granted reason}regions subjects maxHops subjectsPerDay validFrom validTo submittedBy}}fragment ApplicationHead on Application{id client clientNameZh status purpose matters submittedAt createdAt createdBy actions parts{department decided decidedBy decidedAt workingDays dueOn overdue daysLeft reminders{stage at state}grant dataDueOn}}",
};

export const MatterNeeds: Operation<MatterNeedsQuery, MatterNeedsQueryVariables> = {
  name: 'MatterNeeds',
  text: "query MatterNeeds($client:String!$matter:String!){matterNeeds(client:$client matter:$matter){complete missing{department matter coordinates}}}",
};

export const CreateApplication: Operation<CreateApplicationMutation, CreateApplicationMutationVariables> = {
  name: 'CreateApplication',
  text: "mutation CreateApplication($input:ApplicationInput!){createApplication(input:$input){id}}",
};

export const UpdateApplication: Operation<UpdateApplicationMutation, UpdateApplicationMutationVariables> = {
  name: 'UpdateApplication',
  text: "mutation UpdateApplication($id:ID!$input:ApplicationInput!){updateApplication(id:$id input:$input){id}}",
};

export const SubmitApplication: Operation<SubmitApplicationMutation, SubmitApplicationMutationVariables> = {
  name: 'SubmitApplication',
  text: "mutation SubmitApplication($id:ID!){submitApplication(id:$id){id status}}",
};

export const WithdrawApplication: Operation<WithdrawApplicationMutation, WithdrawApplicationMutationVariables> = {
  name: 'WithdrawApplication',
  text: "mutation WithdrawApplication($id:ID!){withdrawApplication(id:$id){id status}}",
};

export const DecideApplication: Operation<DecideApplicationMutation, DecideApplicationMutationVariables> = {
  name: 'DecideApplication',
  text: "mutation DecideApplication($id:ID!$department:DepartmentCode!$decisions:[ItemDecisionInput!]!$bounds:DecisionBoundsInput){decideApplication(id:$id department:$department decisions:$decisions bounds:$bounds){id status}}",
};

export const CaseList: Operation<CaseListQuery, CaseListQueryVariables> = {
  name: 'CaseList',
  text: "query CaseList($filter:CaseFilter$page:PageInput!){cases(filter:$filter page:$page){total number size items{client number matter filedOn state decision{outcome}deadlines{kind dueOn overdue}rating{level rectification dueOn}}}}",
};

export const CaseOne: Operation<CaseOneQuery, CaseOneQueryVariables> = {
  name: 'CaseOne',
  text: "query CaseOne($client:String!$number:String!){case(client:$client number:$number){client number matter filedOn division subjects{role kind}state verdict decision{outcome time byPerson}deadlines{kind dueOn overdue}rating{level rectification dueOn}events{id kind time actor outcome department dueOn record}}}",
};

export const CatalogueList: Operation<CatalogueListQuery, CatalogueListQueryVariables> = {
  name: 'CatalogueList',
  text: "query CatalogueList($filter:CatalogueFilter$sort:CatalogueSort!$direction:SortDirection!$page:PageInput!){catalogue(filter:$filter sort:$sort direction:$direction page:$page){total number size items{coordinate type field valueType department class sensitivity mask kind list description readers{client clientNameZh disclosure}}}}",
};

export const CatalogueOne: Operation<CatalogueOneQuery, CatalogueOneQueryVariables> = {
  name: 'CatalogueOne',
  text: "query CatalogueOne($coordinate:String!){catalogueField(coordinate:$coordinate){coordinate type field valueType department class notSharedBasis sensitivity mask kind list description responsibility{legalBasis freshness unit remark saidBy saidAt}readers{client clientNameZh grant disclosure matters validTo subjectsPerDay}}}",
};

export const Demands: Operation<DemandsQuery, DemandsQueryVariables> = {
  name: 'Demands',
  text: "query Demands($filter:DemandFilter$page:PageInput!){demands(filter:$filter page:$page){total number size items{coordinate department client matters disclosure application decision submittedAt}}}",
};

export const ExportCatalogue: Operation<ExportCatalogueQuery, ExportCatalogueQueryVariables> = {
  name: 'ExportCatalogue',
  text: "query ExportCatalogue($list:CatalogueList!$format:FileFormat!$department:DepartmentCode){exportCatalogue(list:$list format:$format department:$department){name mediaType base64 rows}}",
};

export const DescribeField: Operation<DescribeFieldMutation, DescribeFieldMutationVariables> = {
  name: 'DescribeField',
  text: "mutation DescribeField($coordinate:String!$input:FieldResponsibilityInput!){describeField(coordinate:$coordinate input:$input){coordinate}}",
};

export const ImportResponsibilities: Operation<ImportResponsibilitiesMutation, ImportResponsibilitiesMutationVariables> = {
  name: 'ImportResponsibilities',
  text: "mutation ImportResponsibilities($format:FileFormat!$base64:String!$dryRun:Boolean!){importResponsibilities(format:$format base64:$base64 dryRun:$dryRun){lines changed done faults{line column message}}}",
};

export const ClientList: Operation<ClientListQuery, ClientListQueryVariables> = {
  name: 'ClientList',
  text: "query ClientList($filter:ClientFilter$sort:ClientSort!$direction:SortDirection!$page:PageInput!){clients(filter:$filter sort:$sort direction:$direction page:$page){total number size items{id nameZh nameEn state releases grantsInForce actions latestEvent{...Event}}}}fragment Event on ClientEvent{id kind client at actor reason record alarm{kind held from to subjects lookedUp unknown longestRun}}",
};

export const ClientNames: Operation<ClientNamesQuery, ClientNamesQueryVariables> = {
  name: 'ClientNames',
  text: "query ClientNames{clients(page:{number:1 size:200}){items{id nameZh nameEn state}}}",
};

export const ClientEvents: Operation<ClientEventsQuery, ClientEventsQueryVariables> = {
  name: 'ClientEvents',
  text: "query ClientEvents($filter:ClientEventFilter$page:PageInput!){clientEvents(filter:$filter page:$page){total number size items{...Event}}}fragment Event on ClientEvent{id kind client at actor reason record alarm{kind held from to subjects lookedUp unknown longestRun}}",
};

export const PublicKeys: Operation<PublicKeysQuery, PublicKeysQueryVariables> = {
  name: 'PublicKeys',
  text: "query PublicKeys{publicKeys{kid alg jwk}}",
};

export const RegisterClient: Operation<RegisterClientMutation, RegisterClientMutationVariables> = {
  name: 'RegisterClient',
  text: "mutation RegisterClient($input:ClientInput!){registerClient(input:$input){id}}",
};

export const RenameClient: Operation<RenameClientMutation, RenameClientMutationVariables> = {
  name: 'RenameClient',
  text: "mutation RenameClient($input:ClientInput!){renameClient(input:$input){id}}",
};

export const SetClientActive: Operation<SetClientActiveMutation, SetClientActiveMutationVariables> = {
  name: 'SetClientActive',
  text: "mutation SetClientActive($id:ID!$active:Boolean!$reason:String!){setClientActive(id:$id active:$active reason:$reason){id}}",
};

export const HoldClient: Operation<HoldClientMutation, HoldClientMutationVariables> = {
  name: 'HoldClient',
  text: "mutation HoldClient($id:ID!$reason:String!){holdClient(id:$id reason:$reason){id}}",
};

export const ReleaseClient: Operation<ReleaseClientMutation, ReleaseClientMutationVariables> = {
  name: 'ReleaseClient',
  text: "mutation ReleaseClient($id:ID!$reason:String!){releaseClient(id:$id reason:$reason){id}}",
};

export const CommitmentList: Operation<CommitmentListQuery, CommitmentListQueryVariables> = {
  name: 'CommitmentList',
  text: "query CommitmentList($filter:CommitmentFilter$page:PageInput!){commitments(filter:$filter page:$page){total number size items{id client matter caseNumber departments state signedAt dueOn overdue reminders{department stage at state}documents{nameZh nameEn received}events{at kind by reason}actions}}}",
};

export const ConcludeCommitment: Operation<ConcludeCommitmentMutation, ConcludeCommitmentMutationVariables> = {
  name: 'ConcludeCommitment',
  text: "mutation ConcludeCommitment($id:ID!$outcome:CommitmentOutcome!$reason:String!){concludeCommitment(id:$id outcome:$outcome reason:$reason){id}}",
};

export const ReinstateCommitment: Operation<ReinstateCommitmentMutation, ReinstateCommitmentMutationVariables> = {
  name: 'ReinstateCommitment',
  text: "mutation ReinstateCommitment($id:ID!$reason:String!){reinstateCommitment(id:$id reason:$reason){id}}",
};

export const DisputeList: Operation<DisputeListQuery, DisputeListQueryVariables> = {
  name: 'DisputeList',
  text: "query DisputeList($filter:DisputeFilter$page:PageInput!){disputes(filter:$filter page:$page){total number size items{id coordinate department subject reason raisedBy raisedAt dueOn overdue reminders{stage at state}state finding answer answeredBy answeredAt receipts}}}",
};

export const AnswerDispute: Operation<AnswerDisputeMutation, AnswerDisputeMutationVariables> = {
  name: 'AnswerDispute',
  text: "mutation AnswerDispute($id:ID!$finding:DisputeFinding!$reason:String!){answerDispute(id:$id finding:$finding reason:$reason){id}}",
};

export const Explain: Operation<ExplainQuery, ExplainQueryVariables> = {
  name: 'Explain',
  text: "query Explain($client:String!$matter:String$query:String!$operationName:String){explainAccess(client:$client matter:$matter query:$query operationName:$operationName){complete cost quotas{grant subjectsPerDay}decisions{path coordinate department decision reason grants}missing{department matter coordinates}}}",
};

export const GrantList: Operation<GrantListQuery, GrantListQueryVariables> = {
  name: 'GrantList',
  text: "query GrantList($filter:GrantFilter$sort:GrantSort!$direction:SortDirection!$page:PageInput!){grants(filter:$filter sort:$sort direction:$direction page:$page){total number size items{...GrantTerms}}}fragment GrantTerms on Grant{id client clientNameZh department status inForce matters legalBasis coordinates{coordinate disclosure}regions subjects maxHops subjectsPerDay validFrom validTo actions}",
};

export const GrantOne: Operation<GrantOneQuery, GrantOneQueryVariables> = {
  name: 'GrantOne',
  text: "query GrantOne($id:ID!){grant(id:$id){...GrantTerms changes{at actor action before after record}}}fragment GrantTerms on Grant{id client clientNameZh department status inForce matters legalBasis coordinates{coordinate disclosure}regions subjects maxHops subjectsPerDay validFrom validTo actions}",
};

export const CompareGrants: Operation<CompareGrantsQuery, CompareGrantsQueryVariables> = {
  name: 'CompareGrants',
  text: "query CompareGrants($left:ID!$right:ID!){compareGrants(left:$left right:$right){left{...GrantTerms}right{...GrantTerms}fields{coordinate left right}terms{term left right}}}fragment GrantTerms on Grant{id client clientNameZh department status inForce matters legalBasis coordinates{coordinate disclosure}regions subjects maxHops subjectsPerDay validFrom validTo actions}",
};

export const TryChange: Operation<TryChangeQuery, TryChangeQueryVariables> = {
  name: 'TryChange',
  text: "query TryChange($change:GrantChangeInput!$days:Int!){dryRun(change:$change days:$days){from requests operations quota{subjectsPerDay busiestDay mostSubjects daysBeyond}losses{client matter coordinate before after requests}gains{client matter coordinate before after requests}}}",
};

export const GrantUses: Operation<GrantUsesQuery, GrantUsesQueryVariables> = {
  name: 'GrantUses',
  text: "query GrantUses($days:Int!$department:DepartmentCode$page:PageInput!){grantUse(days:$days department:$department page:$page){total number size items{grant{...GrantTerms}requests lastUsedAt unusedFields unusedMatters leastFields{coordinate disclosure}}}}fragment GrantTerms on Grant{id client clientNameZh department status inForce matters legalBasis coordinates{coordinate disclosure}regions subjects maxHops subjectsPerDay validFrom validTo actions}",
};

export const NarrowGrant: Operation<NarrowGrantMutation, NarrowGrantMutationVariables> = {
  name: 'NarrowGrant',
  text: "mutation NarrowGrant($id:ID!$terms:NarrowerTermsInput!$reason:String!){narrowGrant(id:$id terms:$terms reason:$reason){id}}",
};

export const CopyGrant: Operation<CopyGrantMutation, CopyGrantMutationVariables> = {
  name: 'CopyGrant',
  text: "mutation CopyGrant($id:ID!$client:String$matters:[String!]$validTo:Date$purpose:String!){copyGrant(id:$id client:$client matters:$matters validTo:$validTo purpose:$purpose){id}}",
};

export const SuspendGrant: Operation<SuspendGrantMutation, SuspendGrantMutationVariables> = {
  name: 'SuspendGrant',
  text: "mutation SuspendGrant($id:ID!$reason:String!){suspendGrant(id:$id reason:$reason){id}}",
};

export const ResumeGrant: Operation<ResumeGrantMutation, ResumeGrantMutationVariables> = {
  name: 'ResumeGrant',
  text: "mutation ResumeGrant($id:ID!$reason:String!){resumeGrant(id:$id reason:$reason){id}}",
};

export const RevokeGrant: Operation<RevokeGrantMutation, RevokeGrantMutationVariables> = {
  name: 'RevokeGrant',
  text: "mutation RevokeGrant($id:ID!$reason:String!){revokeGrant(id:$id reason:$reason){id}}",
};

export const MatterNames: Operation<MatterNamesQuery, MatterNamesQueryVariables> = {
  name: 'MatterNames',
  text: "query MatterNames{matters(page:{number:1 size:200}){items{code name{zh en}}}}",
};

export const MatterList: Operation<MatterListQuery, MatterListQueryVariables> = {
  name: 'MatterList',
  text: "query MatterList($text:String$page:PageInput!){matters(text:$text page:$page){total number size items{code name{zh en}instant formerProofs{mode}requirements{id}form{from}clients}}}",
};

export const MatterOne: Operation<MatterOneQuery, MatterOneQueryVariables> = {
  name: 'MatterOne',
  text: "query MatterOne($code:ID!){matter(code:$code){code implementationCode name{zh en}legalBasis{zh en}instant roles{role kind required}formerProofs{name{zh en}mode}review{zh en}facts formFacts form{field name{zh en}from}ruleSets{id from to divisions parameters}terms{name expression}requirements{id name{zh en}department effect whenFalse rule element reason{zh en}elements{when element reason{zh en}}}clients}}",
};

export const TryMatter: Operation<TryMatterQuery, TryMatterQueryVariables> = {
  name: 'TryMatter',
  text: "query TryMatter($code:ID!$input:TryMatterInput!){tryMatter(code:$code input:$input){verdict tier tierZh ruleSet asOf reasonsZh reasonsEn requirements{id nameZh nameEn outcome effect element department reasonZh reasonEn}}}",
};

export const MonitoringPeriod: Operation<MonitoringPeriodQuery, MonitoringPeriodQueryVariables> = {
  name: 'MonitoringPeriod',
  text: "query MonitoringPeriod($from:DateTime!$to:DateTime$step:MonitoringStep!){monitoring(from:$from to:$to step:$step){requests series{at answered refused failed}verdicts{name count}refusals{name count}topClients{name count}topMatters{name count}topFields{name count}unanswered{name count}ratings{levels{name count}openRectifications overdueRectifications}}}",
};

export const MonitoringLive: Operation<MonitoringLiveQuery, MonitoringLiveQueryVariables> = {
  name: 'MonitoringLive',
  text: "query MonitoringLive{live{p50 p95 p99 departments{department state breaker lastFault lastFaultAt waiting inAir up down}cities{city department matter state breaker lastFault lastFaultAt waiting inAir up down}}}",
};

export const OverviewLive: Operation<OverviewLiveQuery, OverviewLiveQueryVariables> = {
  name: 'OverviewLive',
  text: "query OverviewLive{live{at inProgress p50 p95 p99 departments{department state waiting inAir up down}}}",
};

export const OverviewDay: Operation<OverviewDayQuery, OverviewDayQueryVariables> = {
  name: 'OverviewDay',
  text: "query OverviewDay($from:DateTime!){monitoring(from:$from step:HOUR){requests series{at answered refused failed}verdicts{name count}refusals{name count}topMatters{name count}}}",
};

export const WaitingApplications: Operation<WaitingApplicationsQuery, WaitingApplicationsQueryVariables> = {
  name: 'WaitingApplications',
  text: "query WaitingApplications{applications(filter:{status:[SUBMITTED]}sort:DEADLINE direction:ASC page:{number:1 size:5}){total items{id client clientNameZh purpose submittedAt actions parts{department decided daysLeft overdue}}}}",
};

export const WaitingOverdue: Operation<WaitingOverdueQuery, WaitingOverdueQueryVariables> = {
  name: 'WaitingOverdue',
  text: "query WaitingOverdue{applications(filter:{status:[SUBMITTED]overdue:true}page:{number:1 size:1}){total}}",
};

export const WaitingDisputes: Operation<WaitingDisputesQuery, WaitingDisputesQueryVariables> = {
  name: 'WaitingDisputes',
  text: "query WaitingDisputes{disputes(filter:{state:OPEN}page:{number:1 size:1}){total}}",
};

export const WaitingTasks: Operation<WaitingTasksQuery, WaitingTasksQueryVariables> = {
  name: 'WaitingTasks',
  text: "query WaitingTasks{tasks(filter:{state:OPEN}page:{number:1 size:1}){total}}",
};

export const WaitingHolds: Operation<WaitingHoldsQuery, WaitingHoldsQueryVariables> = {
  name: 'WaitingHolds',
  text: "query WaitingHolds{clients(filter:{state:HELD}page:{number:1 size:5}){total items{id nameZh nameEn latestEvent{at reason}}}}",
};

export const Seals: Operation<SealsQuery, SealsQueryVariables> = {
  name: 'Seals',
  text: "query Seals($verify:Boolean!){sealState(verify:$verify){chain entries sealed verifiedAt sound faults}}",
};

export const EndingGrants: Operation<EndingGrantsQuery, EndingGrantsQueryVariables> = {
  name: 'EndingGrants',
  text: "query EndingGrants($endsBy:Date!){grants(filter:{status:[APPROVED]endsBy:$endsBy}sort:VALID_TO page:{number:1 size:1}){total}}",
};

export const RecordList: Operation<RecordListQuery, RecordListQueryVariables> = {
  name: 'RecordList',
  text: "query RecordList($filter:RecordFilter!$size:Int!$after:String){records(filter:$filter size:$size after:$after){next unsound items{...Entry}}}fragment Entry on RecordEntry{position hash kind time client operator matter caseNumber legalBases subjects disclosed masked used withheld verdict outcome code actor inWords{zh en}changes{action subject before after}}",
};

export const RecordOne: Operation<RecordOneQuery, RecordOneQueryVariables> = {
  name: 'RecordOne',
  text: "query RecordOne($position:String!){record(position:$position){...Entry}}fragment Entry on RecordEntry{position hash kind time client operator matter caseNumber legalBases subjects disclosed masked used withheld verdict outcome code actor inWords{zh en}changes{action subject before after}}",
};

export const ExportRecords: Operation<ExportRecordsQuery, ExportRecordsQueryVariables> = {
  name: 'ExportRecords',
  text: "query ExportRecords($filter:RecordFilter!$format:RecordFormat!){exportRecords(filter:$filter format:$format){signature file{name mediaType base64 rows}}}",
};

export const ExportMinors: Operation<ExportMinorsQuery, ExportMinorsQueryVariables> = {
  name: 'ExportMinors',
  text: "query ExportMinors($year:Int!$format:MinorsFormat!){exportMinorsReport(year:$year format:$format){signature file{name mediaType base64 rows}}}",
};

export const Minors: Operation<MinorsQuery, MinorsQueryVariables> = {
  name: 'Minors',
  text: "query Minors($year:Int!){minorsReport(year:$year){year requests minors under14 refused ageNotKnown lines{client operator matter legalBases requests minors under14 atNight fields{name count}}anomalies{kind client inWords}}}",
};

export const SeasonList: Operation<SeasonListQuery, SeasonListQueryVariables> = {
  name: 'SeasonList',
  text: "query SeasonList($filter:SeasonFilter$page:PageInput!){seasons(filter:$filter page:$page){total number size items{id client matter file state working createdBy createdAt list{rows}progress{done}}}}",
};

export const SeasonOne: Operation<SeasonOneQuery, SeasonOneQueryVariables> = {
  name: 'SeasonOne',
  text: "query SeasonOne($id:ID!){season(id:$id){id client matter file state working perSecond between list{sha256 bytes rows faulty columns{name heading}faults{row column zh en}}progress{done perSecond secondsLeft verdicts{name count}waits{zh en}waitsUntil faults{zh en}reasons{name count}divisions{name count verdicts{name count}}schools{name count verdicts{name count}}}createdBy createdAt startedBy startedAt stoppedAt removedAfter actions}}",
};

export const SeasonClients: Operation<SeasonClientsQuery, SeasonClientsQueryVariables> = {
  name: 'SeasonClients',
  text: "query SeasonClients{seasonClients{id nameZh nameEn}}",
};

export const SeasonFiles: Operation<SeasonFilesQuery, SeasonFilesQueryVariables> = {
  name: 'SeasonFiles',
  text: "query SeasonFiles($id:ID!){seasonFiles(id:$id){name path bytes}}",
};

export const CreateSeason: Operation<CreateSeasonMutation, CreateSeasonMutationVariables> = {
  name: 'CreateSeason',
  text: "mutation CreateSeason($input:SeasonInput!){createSeason(input:$input){id}}",
};

export const StartSeason: Operation<StartSeasonMutation, StartSeasonMutationVariables> = {
  name: 'StartSeason',
  text: "mutation StartSeason($id:ID!){startSeason(id:$id){id}}",
};

export const PauseSeason: Operation<PauseSeasonMutation, PauseSeasonMutationVariables> = {
  name: 'PauseSeason',
  text: "mutation PauseSeason($id:ID!){pauseSeason(id:$id){id}}",
};

export const ResumeSeason: Operation<ResumeSeasonMutation, ResumeSeasonMutationVariables> = {
  name: 'ResumeSeason',
  text: "mutation ResumeSeason($id:ID!){resumeSeason(id:$id){id}}",
};

export const EndSeason: Operation<EndSeasonMutation, EndSeasonMutationVariables> = {
  name: 'EndSeason',
  text: "mutation EndSeason($id:ID!$reason:String!){endSeason(id:$id reason:$reason){id}}",
};

export const TaskList: Operation<TaskListQuery, TaskListQueryVariables> = {
  name: 'TaskList',
  text: "query TaskList($filter:TaskFilter$page:PageInput!){tasks(filter:$filter page:$page){total number size items{id department client matter caseNumber proofZh proofEn state openedAt dueOn overdue reminders{stage at state}finding reason answeredBy answeredAt}}}",
};

export const TaskOne: Operation<TaskOneQuery, TaskOneQueryVariables> = {
  name: 'TaskOne',
  text: "query TaskOne($id:ID!){task(id:$id){questionZh questionEn subjects{role kind id masked}}}",
};

export const AnswerTask: Operation<AnswerTaskMutation, AnswerTaskMutationVariables> = {
  name: 'AnswerTask',
  text: "mutation AnswerTask($id:ID!$finding:TaskFinding!$reason:String){answerTask(id:$id finding:$finding reason:$reason){id}}",
};
