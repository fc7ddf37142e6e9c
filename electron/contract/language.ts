/** The languages every text of the product exists in. */
export type Language = 'en' | 'zh-CN';
