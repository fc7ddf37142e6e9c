import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { SessionOver } from './app/session-over.tsx';
import { tellLine } from './state/line.ts';
import { connect } from './transport/connect.ts';
import './ui/window.css';

const place = document.getElementById('root');
if (place === null) throw new Error('index.html has no place for the window');
const root = createRoot(place);

/** The nonce of this load, which the shell wrote into index.html; its attribute is hidden from scripts and styles. */
const nonce = document.querySelector<HTMLMetaElement>('meta[property=csp-nonce]')?.nonce ?? '';

const over = (): void => root.render(<SessionOver nonce={nonce} />);
void connect({ broke: tellLine, ended: over }).then(
  (client) => (client === undefined ? over() : root.render(<App client={client} nonce={nonce} />)),
  over,
);
