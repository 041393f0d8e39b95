const INK = '#1f2a2e';
const QUIET = '#55636a';
const ACCENT = '#1d5b4f';
const LINE = '#c9d2cf';
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans Arabic', sans-serif";

/** Web Chat's style options: our colours (all text at least 4.5:1) and nothing that needs a network. */
export const styleOptions = {
  accent: ACCENT,
  backgroundColor: '#ffffff',
  subtle: QUIET,
  primaryFont: FONT,
  monospaceFont: 'ui-monospace, monospace',
  fontSizeSmall: '80%',
  rootHeight: '100%',
  rootWidth: '100%',
  bubbleBackground: '#f1f5f3',
  bubbleBorderColor: '#f1f5f3',
  bubbleBorderRadius: 14,
  bubbleTextColor: INK,
  bubbleFromUserBackground: ACCENT,
  bubbleFromUserBorderColor: ACCENT,
  bubbleFromUserBorderRadius: 14,
  bubbleFromUserTextColor: '#ffffff',
  bubbleMaxWidth: 330,
  bubbleMinHeight: 0,
  bubbleMinWidth: 0,
  messageActivityWordBreak: 'break-word',
  emojiSet: {},
  hideUploadButton: true,
  hideToaster: true,
  disableFileUpload: true,
  suggestedActionLayout: 'flow',
  suggestedActionBackgroundColor: '#ffffff',
  suggestedActionBorderColor: ACCENT,
  suggestedActionBorderRadius: 18,
  suggestedActionTextColor: ACCENT,
  suggestedActionHeight: 36,
  suggestedActionBackgroundColorOnHover: '#e6f0ec',
  suggestedActionBackgroundColorOnActive: '#d6e6e0',
  suggestedActionKeyboardFocusIndicatorBorderColor: INK,
  sendBoxBackground: '#ffffff',
  sendBoxTextColor: INK,
  sendBoxPlaceholderColor: QUIET,
  sendBoxButtonColor: ACCENT,
  sendBoxButtonColorOnHover: INK,
  sendBoxButtonColorOnFocus: ACCENT,
  sendBoxTextWrap: true,
  sendBoxBorderTop: `solid 1px ${LINE}`,
  timestampColor: QUIET,
  transcriptOverlayButtonBackground: ACCENT,
  transcriptOverlayButtonColor: '#ffffff'
};
