import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TlsFiles } from '../platform/tls.ts';

export interface CertificateWish {
  /** Of the files. */
  name?: string;
  /** As openssl takes them. */
  names?: string;
  /** OpenSSL's word for a day such as `20200101000000Z`. */
  notBefore?: string;
  notAfter?: string;
}

/** Makes a certificate that signs itself, and its key, in `dir`. */
export function makeCertificate(
  dir: string,
  { name = 'wall', names = 'DNS:localhost,IP:127.0.0.1', notBefore, notAfter }: CertificateWish = {},
): TlsFiles {
  const [certFile, keyFile] = [path.join(dir, `${name}.pem`), path.join(dir, `${name}.key`)];
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile];
  const subject = ['-subj', '/CN=Clerestory test', '-addext', `subjectAltName=${names}`];
  if (notBefore === undefined || notAfter === undefined) {
    openssl('req', '-x509', ...curve, ...subject, '-days', '2', '-out', certFile);
    return { certFile, keyFile };
  }
  // Only `openssl ca` takes days in the past.
  const request = path.join(dir, `${name}.csr`);
  openssl('req', ...curve, ...subject, '-new', '-out', request);
  const database = path.join(dir, `${name}.db`);
  writeFileSync(database, '');
  writeFileSync(`${database}.serial`, '01\n');
  const config = `[ca]\ndefault_ca=d\n[d]\ndatabase=${database}\nserial=${database}.serial\nnew_certs_dir=${dir}\ndefault_md=sha256\npolicy=p\ncopy_extensions=copy\n[p]\ncommonName=supplied\n`;
  const configFile = path.join(dir, `${name}.cnf`);
  writeFileSync(configFile, config);
  const days = ['-startdate', notBefore, '-enddate', notAfter];
  openssl(
    'ca',
    '-batch',
    '-notext',
    '-selfsign',
    '-config',
    configFile,
    '-keyfile',
    keyFile,
    ...days,
    '-in',
    request,
    '-out',
    certFile,
  );
  return { certFile, keyFile };
}
