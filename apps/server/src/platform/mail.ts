import type { Transporter } from 'nodemailer';
import type SMTPPool from 'nodemailer/lib/smtp-pool/index.js';

/** How mail goes out: RFC 5321 with TLS from the start, by STARTTLS, or (on this machine alone) without. */
export interface MailSettings {
  host: string;
  port: number;
  security: 'tls' | 'starttls' | 'none';
  user: string | null;
  password: string | null;
  /** `Name <address>` or an address. */
  from: string;
}

export interface Letter {
  to: string;
  subject: string;
  text: string;
  /** Two sendings with one id are one letter (RFC 5322 section 3.6.4). Without the angle brackets. */
  messageId: string;
  headers?: Record<string, string>;
}

/** Sent, to be tried again, or never going to arrive. `why` holds no address. */
export type Sent = { ok: true } | { ok: false; final: boolean; why: string };

const patienceMs = 15_000;
const maxConnections = 4;

/** Sends letters over one SMTP server. */
export class Mail {
  readonly #settings: MailSettings | null;
  /** Made for the first letter. */
  #transport: Promise<Transporter<SMTPPool.SentMessageInfo>> | null = null;
  readonly #from: string;
  /** Right-hand side of message ids. */
  readonly domain: string;

  constructor(settings: MailSettings | null) {
    this.#settings = settings;
    this.#from = settings?.from ?? '';
    this.domain = /@([^@>\s]+)>?\s*$/.exec(this.#from)?.[1] ?? 'localhost';
  }

  /** Whether mail is set up at all. */
  get isSetUp(): boolean {
    return this.#settings !== null;
  }

  async send({ to, subject, text, messageId, headers = {} }: Letter): Promise<Sent> {
    if (!this.#settings) return { ok: false, final: true, why: 'no mail is set up' };
    this.#transport ??= transportFor(this.#settings);
    try {
      await (
        await this.#transport
      ).sendMail({
        from: this.#from,
        // As an object: a comma in it must not make two recipients.
        to: { name: '', address: to },
        subject,
        text,
        messageId: `<${messageId}>`,
        headers: { 'Auto-Submitted': 'auto-generated', ...headers },
      });
      return { ok: true };
    } catch (error) {
      const { responseCode, code } = error as { responseCode?: number; code?: string };
      // 5yz is for good, 4yz for now (RFC 5321 section 4.2.1); what a server says of our login is ours to mend.
      const final = responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH';
      return { ok: false, final, why: `the mail server: ${code ?? 'fault'} ${responseCode ?? ''}`.trim() };
    }
  }

  close(): void {
    void this.#transport?.then((transport) => transport.close());
  }
}

async function transportFor(settings: MailSettings): Promise<Transporter<SMTPPool.SentMessageInfo>> {
  const { createTransport } = await import('nodemailer');
  return createTransport({
    pool: true,
    maxConnections,
    host: settings.host,
    port: settings.port,
    secure: settings.security === 'tls',
    requireTLS: settings.security === 'starttls',
    ignoreTLS: settings.security === 'none',
    ...(settings.user !== null && { auth: { user: settings.user, pass: settings.password ?? '' } }),
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: 2 * patienceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}
