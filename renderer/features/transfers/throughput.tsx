import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import uPlot from 'uplot';
import type { ThroughputSample } from '../../../electron/contract/feeds.ts';
import { formatBytes } from '../../../electron/contract/format.ts';
import { timeText } from '../../format/dates.ts';
import { rateText } from '../../format/numbers.ts';

const height = 96;
const secondsShown = 119;
/** Round numbers in binary units. */
const steps: number[] = Array.from({ length: 24 }, (_, power) => 2 ** (power + 16));

/** What was received and sent each second, as two lines; the newest figures stand beside it as words. */
export function Throughput(props: {
  readonly samples: readonly ThroughputSample[];
  /** Nothing flows and no new samples come. */
  readonly isIdle: boolean;
}) {
  const { samples, isIdle } = props;
  const { t, i18n } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const last = isIdle ? undefined : samples.at(-1);
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    // asked anew at every drawing: the theme may be another one by then
    const color = (name: string) => (): string => getComputedStyle(element).getPropertyValue(name);
    const axis = {
      stroke: color('--colorNeutralForeground3'),
      grid: { stroke: color('--colorNeutralStroke3'), width: 1 },
      ticks: { show: false },
      font: '11px sans-serif',
    };
    const made = new uPlot(
      {
        width: Math.max(200, element.clientWidth),
        height,
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: false, range: (_, __, newest) => [newest - secondsShown, newest] },
          y: { range: (_, __, max) => [0, Math.max(1024 * 1024, max * 1.1)] },
        },
        axes: [
          { ...axis, size: 20, values: (_, at) => at.map((second) => timeText(second * 1000)), space: 110 },
          {
            ...axis,
            size: 74,
            incrs: steps,
            values: (_, at) => at.map((bytes) => `${formatBytes(bytes)}/s`),
            space: 30,
          },
        ],
        series: [
          {},
          { stroke: color('--colorPalettePurpleBorderActive'), width: 1.5, points: { show: false } },
          { stroke: color('--colorBrandStroke1'), width: 1.5, points: { show: false } },
        ],
      },
      [[], [], []],
      element,
    );
    chart.current = made;
    const size = new ResizeObserver(() => made.setSize({ width: Math.max(200, element.clientWidth), height }));
    size.observe(element);
    const dressed = new MutationObserver(() => made.redraw());
    const themed = element.closest('[data-theme]');
    if (themed !== null) dressed.observe(themed, { attributeFilter: ['data-theme'] });
    return () => {
      size.disconnect();
      dressed.disconnect();
      made.destroy();
    };
  }, [i18n.language]);
  useEffect(() => {
    chart.current?.setData([
      samples.map(({ at }) => at / 1000),
      samples.map(({ received }) => received),
      samples.map(({ sent }) => sent),
    ]);
  }, [samples, i18n.language]);
  return (
    <figure className="throughput" aria-label={t('transfers.throughput')}>
      <figcaption>
        <span className="chart-received">{t('chart.received')}</span> <strong>{rateText(last?.received ?? 0)}</strong>
        <span className="chart-sent">{t('chart.sent')}</span> <strong>{rateText(last?.sent ?? 0)}</strong>
      </figcaption>
      <div ref={place} className="chart" aria-hidden="true" />
    </figure>
  );
}
