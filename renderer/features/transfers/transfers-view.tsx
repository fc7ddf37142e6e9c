import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFeed } from '../../state/client.tsx';
import { useWorkspace } from '../../state/workspace.ts';
import { FailureBox } from '../../ui/failure.tsx';
import { BackIcon } from '../../ui/icons.ts';
import { Button } from '../../ui/kit.ts';
import { Splitter } from '../../ui/splitter.tsx';
import { JobImages } from './job-images.tsx';
import { JobList } from './job-list.tsx';
import { chosenJob, sortJobs } from './jobs.ts';
import { LayersPane } from './layers-pane.tsx';

/**
 * Jobs, the images of the chosen one, and the layers of the chosen image: one below the other, or where there is little room
 * the layers in place of the images.
 */
export function TransfersView(props: { readonly isLow: boolean }) {
  const { t } = useTranslation();
  const { snapshot, failure } = useFeed('jobs', {});
  const { job: wanted, openJob } = useWorkspace();
  const [image, setImage] = useState<{ readonly job: number; readonly index: number }>();
  const jobs = sortJobs(snapshot?.jobs ?? []);
  const job = chosenJob(jobs, wanted);
  if (failure !== undefined) return <FailureBox failure={failure} />;
  if (jobs.length === 0)
    return <div className="nothing quiet">{snapshot === undefined ? t('common.loading') : t('transfers.none')}</div>;
  const choose = (index: number): void => {
    if (job !== undefined) setImage({ job: job.job, index });
  };
  const layersOf = image !== undefined && image.job === job?.job ? image.index : undefined;
  return (
    <Splitter
      name={props.isLow ? 'queue-jobs' : 'jobs'}
      direction="columns"
      label={t('transfers.jobs')}
      initial={props.isLow ? 330 : 380}
      least={240}
      most={620}
    >
      <JobList jobs={jobs} chosen={job?.job} onChoose={openJob} />
      <div className="transfer-right">
        {job === undefined ? (
          <div className="nothing quiet">{t('transfers.chooseJob')}</div>
        ) : props.isLow && layersOf !== undefined ? (
          <LowLayers job={job.job} index={layersOf} onBack={() => setImage(undefined)} />
        ) : props.isLow ? (
          <JobImages key={job.job} job={job} followsKeys={!props.isLow} onImage={choose} />
        ) : (
          <Splitter name="layers" direction="rows" label={t('transfers.layers')} initial={180} least={60} most={420}>
            <JobImages key={job.job} job={job} followsKeys={!props.isLow} onImage={choose} />
            <LayersPane job={job.job} index={layersOf} />
          </Splitter>
        )}
      </div>
    </Splitter>
  );
}

function LowLayers(props: { readonly job: number; readonly index: number; readonly onBack: () => void }) {
  const { job, index, onBack } = props;
  const { t } = useTranslation();
  return (
    <div className="job-images">
      <div className="line job-images-head">
        <Button size="small" appearance="subtle" icon={<BackIcon />} onClick={onBack}>
          {t('transfers.images')}
        </Button>
      </div>
      <div className="job-images-grid">
        <LayersPane job={job} index={index} />
      </div>
    </div>
  );
}
