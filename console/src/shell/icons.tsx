import {
  ApiOutlined,
  AuditOutlined,
  CheckSquareOutlined,
  DashboardOutlined,
  DatabaseOutlined,
  ExceptionOutlined,
  FileProtectOutlined,
  FolderOpenOutlined,
  FundOutlined,
  InboxOutlined,
  SafetyCertificateOutlined,
  SearchOutlined,
  SignatureOutlined,
  UnorderedListOutlined,
} from '@ant-design/icons';
import type { ReactNode } from 'react';

/** The navigation's icons, by path. */
export const ICONS: Readonly<Record<string, ReactNode>> = {
  '/': <DashboardOutlined />,
  '/catalogue': <DatabaseOutlined />,
  '/applications': <InboxOutlined />,
  '/grants': <SafetyCertificateOutlined />,
  '/explorer': <SearchOutlined />,
  '/matters': <FileProtectOutlined />,
  '/cases': <FolderOpenOutlined />,
  '/seasons': <UnorderedListOutlined />,
  '/tasks': <CheckSquareOutlined />,
  '/commitments': <SignatureOutlined />,
  '/disputes': <ExceptionOutlined />,
  '/records': <AuditOutlined />,
  '/monitoring': <FundOutlined />,
  '/clients': <ApiOutlined />,
};
