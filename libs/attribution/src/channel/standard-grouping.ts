import type { ChannelGrouping } from './channel-grouping.ts';

const site = (names: string) => new RegExp(`(^|\\.)(${names})(\\.|$)`);
const SEARCH = site(
  'google|bing|yahoo|baidu|duckduckgo|yandex|ecosia|naver|ask|aol|qwant|startpage|seznam|sogou|daum|brave',
);
const SOCIAL =
  /(^|\.)(facebook|fb|instagram|ig|linkedin|lnkd|twitter|x|pinterest|reddit|tiktok|threads|snapchat|tumblr|whatsapp|xing|vk|weibo|quora|mastodon|bsky)(\.|$)|^t\.co$/;
const VIDEO = site('youtube|youtu|vimeo|dailymotion|twitch|netflix|hulu|disneyplus');
const SHOPPING = site('amazon|ebay|etsy|alibaba|walmart|shopify|shopping|idealo');
const SHOP = /(^|[^a-df-z])shop|shopping/;
const PAID = /cp|^ppc$|^retargeting$|^paid/;
const EMAIL = /^e[-_ ]?mail$/;

/**
 * The default channel group of Google Analytics 4, by its public rules, which it applies in this order. Sites are known
 * by name, not by Google's whole list; names of channels are written as slugs.
 */
export const STANDARD_GROUPING: ChannelGrouping = {
  id: 'standard',
  version: 1,
  title: 'Default channel group of Google Analytics 4',
  otherwise: 'unassigned',
  rules: [
    { channel: 'direct', any: [{ source: /^\(?direct\)?$/, medium: /^(|\(?none\)?|\(not set\))$/ }] },
    { channel: 'cross_network', any: [{ campaign: /cross-network/ }] },
    {
      channel: 'paid_shopping',
      any: [
        { source: SHOPPING, medium: PAID },
        { campaign: SHOP, medium: PAID },
      ],
    },
    { channel: 'paid_search', any: [{ source: SEARCH, medium: PAID }] },
    { channel: 'paid_social', any: [{ source: SOCIAL, medium: PAID }] },
    { channel: 'paid_video', any: [{ source: VIDEO, medium: PAID }] },
    { channel: 'display', any: [{ medium: /^(display|banner|expandable|interstitial|cpm)$/ }] },
    { channel: 'paid_other', any: [{ medium: PAID }] },
    { channel: 'organic_shopping', any: [{ source: SHOPPING }, { campaign: SHOP }] },
    {
      channel: 'organic_social',
      any: [{ source: SOCIAL }, { medium: /^(social|social[- ]network|social[- ]media|sm)$/ }],
    },
    { channel: 'organic_video', any: [{ source: VIDEO }, { medium: /video/ }] },
    { channel: 'email', any: [{ source: EMAIL }, { medium: EMAIL }] },
    { channel: 'organic_search', any: [{ source: SEARCH }, { medium: /^organic$/ }] },
    { channel: 'referral', any: [{ medium: /^(referral|app|link)$/ }] },
    { channel: 'affiliates', any: [{ medium: /^affiliates?$/ }] },
    { channel: 'audio', any: [{ medium: /^audio$/ }] },
    { channel: 'sms', any: [{ source: /^sms$/ }, { medium: /^sms$/ }] },
    { channel: 'mobile_push', any: [{ medium: /push$|mobile|notification/ }, { source: /^firebase$/ }] },
  ],
};
