/** The console's look: the design system's tokens. */
import { type ThemeConfig, theme } from 'antd';
import type { Brightness } from './preferences.js';

const FONT = `system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", sans-serif`;
const MONO = `ui-monospace, "SFMono-Regular", Consolas, "Liberation Mono", "WenQuanYi Micro Hei Mono", monospace`;

const SHARED = { fontFamily: FONT, fontFamilyCode: MONO, fontSize: 14, borderRadius: 6, wireframe: false };

const LIGHT = {
  colorPrimary: '#1d4f91',
  colorInfo: '#1d4f91',
  colorSuccess: '#1b7f46',
  colorWarning: '#a86b00',
  colorError: '#b3261e',
  colorBgLayout: '#f4f6f8',
  colorText: '#1c2530',
  colorTextSecondary: '#4a5562',
  colorTextTertiary: '#5b6673',
  colorTextDescription: '#5b6673',
  colorTextPlaceholder: '#6b7683',
  colorBorderSecondary: '#e6eaef',
  colorLink: '#1d4f91',
  colorInfoBg: '#eef4fb',
  colorInfoBorder: '#c5d8f0',
  colorSuccessBg: '#eaf6ee',
  colorSuccessBorder: '#bfe0cb',
  colorWarningBg: '#fdf5e3',
  colorWarningBorder: '#efd9a7',
  colorErrorBg: '#fcefed',
  colorErrorBorder: '#f0c4bf',
};

const DARK = {
  colorPrimary: '#6ea3e4',
  colorInfo: '#6ea3e4',
  colorSuccess: '#5fbf87',
  colorWarning: '#d9a441',
  colorError: '#f0938b',
  colorBgLayout: '#0f141a',
  colorBgContainer: '#171d25',
  colorBgElevated: '#1d242e',
  colorText: '#dfe5ec',
  colorTextSecondary: '#b4bfcb',
  colorTextTertiary: '#98a4b1',
  colorTextDescription: '#98a4b1',
  colorTextPlaceholder: '#8592a1',
  colorBorderSecondary: '#2b343f',
  colorLink: '#8fb8ee',
  colorTextLightSolid: '#0f141a',
  colorInfoBg: '#182536',
  colorInfoBorder: '#2b4261',
  colorSuccessBg: '#15271d',
  colorSuccessBorder: '#28513a',
  colorWarningBg: '#2b2312',
  colorWarningBorder: '#5a4820',
  colorErrorBg: '#2f1b19',
  colorErrorBorder: '#663530',
};

/** The tokens for a brightness. */
export function look(brightness: Brightness): ThemeConfig {
  const dark = brightness === 'dark';
  return {
    cssVar: { key: 'mz' },
    hashed: false,
    algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: { ...SHARED, motion: !matchMedia('(prefers-reduced-motion: reduce)').matches, ...(dark ? DARK : LIGHT) },
    components: {
      Layout: { headerHeight: 56, headerPadding: '0 20px', headerBg: dark ? '#171d25' : '#ffffff' },
      Menu: {
        itemHeight: 36,
        itemBorderRadius: 6,
        groupTitleFontSize: 12,
        activeBarBorderWidth: 0,
        itemSelectedBg: dark ? '#1f2f45' : '#e8eff9',
        itemSelectedColor: dark ? '#8fb8ee' : '#1d4f91',
      },
      Table: {
        headerBg: dark ? '#1d242e' : '#f7f9fb',
        cellPaddingBlockMD: 9,
        cellPaddingInlineMD: 12,
        cellPaddingInlineSM: 12,
        cellPaddingBlock: 11,
        bodySortBg: 'transparent',
        headerSortActiveBg: dark ? '#1d242e' : '#f7f9fb',
        headerSplitColor: 'transparent',
      },
      Tree: { nodeSelectedBg: dark ? '#1f2f45' : '#e8eff9', nodeSelectedColor: dark ? '#8fb8ee' : '#1d4f91' },
      Card: { headerFontSize: 15 },
      Statistic: { contentFontSize: 26 },
    },
  };
}
