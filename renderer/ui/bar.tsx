/** A progress bar; without a share it says only that something goes on. */
export function Bar(props: {
  readonly share: number | undefined;
  readonly label: string;
  readonly tone?: 'running' | 'done' | 'failed' | 'still';
  /** A second share beneath, such as what was received of what is being sent. */
  readonly under?: number;
}) {
  const { share, label, tone = 'running', under } = props;
  const percent = share === undefined ? undefined : Math.floor(share * 100);
  return (
    <div
      className={`bar bar-${tone}${share === undefined ? ' bar-unknown' : ''}`}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(percent === undefined ? {} : { 'aria-valuenow': percent })}
    >
      {under === undefined ? null : <div className="bar-under" style={{ width: `${under * 100}%` }} />}
      <div className="bar-fill" style={{ width: share === undefined ? '100%' : `${share * 100}%` }} />
    </div>
  );
}
