import type { Mapping, Template, Value } from './mapping.ts';

/** The columns of a file that the mapping reads anywhere. */
export function columnsRead({ files, events }: Mapping, label: string): string[] {
  const shape = files[label];
  const own = events.filter(({ file }) => file === label).flatMap(columnsOfTemplate);
  const looked = events.flatMap(({ data }) => Object.values(data).flatMap((value) => lookedUp(value, label)));
  const names = [...(shape?.columns ?? []), ...(shape?.key ?? []), ...Object.keys(shape?.ignore ?? {})];
  return [...new Set([...names, ...own, ...looked])].filter((column) => column !== '$key');
}

function columnsOfTemplate(template: Template): string[] {
  const texts = [
    template.time?.from ?? '',
    template.order ?? '',
    'emit' in template ? (template.id ?? '') : template.on,
    ...Object.values(template.data).flatMap(textsIn),
  ];
  return [...Object.keys(template.when ?? {}), ...texts.flatMap(cellsIn)];
}

const cellsIn = (text: string): string[] =>
  [...text.matchAll(/\{([^}]+)\}/g)].map(([, column = '']) => column);

function textsIn(value: Value): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    ['$map', '$lookup', 'column', 'by', 'format'].includes(key) ? [] : textsIn(each as Value),
  );
}

function lookedUp(value: Value, label: string): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const node = value as Readonly<Record<string, Value>>;
  const own = node['$lookup'] === label ? [String(node['column'])] : [];
  return [...own, ...Object.values(node).flatMap((each) => lookedUp(each, label))];
}
