/** The little of SOAP 1.2 and XML that a camera of our own needs. Not a parser: the client's messages are known. */

export const escapeXml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

const unescapeXml = (text: string): string =>
  text
    .replaceAll(/&#(\d+);/g, (_all, code: string) => String.fromCharCode(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');

/** Text of the first element of this local name; undefined when there is none. */
export function textOf(xml: string, name: string): string | undefined {
  const found = new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([^<]*)<`).exec(xml)?.[1];
  return found === undefined ? undefined : unescapeXml(found.trim());
}

/** Attribute of the first element of this local name. */
export const attributeOf = (xml: string, name: string, attribute: string): string | undefined =>
  new RegExp(`<(?:\\w+:)?${name}\\s[^>]*?\\b${attribute}="([^"]*)"`).exec(xml)?.[1];

/** Local name and namespace of what the body asks for. */
export function operationOf(xml: string): { name: string; namespace: string } | null {
  const found = /<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)([^>]*)>/.exec(xml);
  if (!found) return null;
  return { name: found[1] ?? '', namespace: /xmlns(?::\w+)?="([^"]+)"/.exec(found[2] ?? '')?.[1] ?? '' };
}

const namespaces =
  'xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:tt="http://www.onvif.org/ver10/schema" ' +
  'xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl" ' +
  'xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl" xmlns:tev="http://www.onvif.org/ver10/events/wsdl" ' +
  'xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:wsa5="http://www.w3.org/2005/08/addressing" ' +
  'xmlns:ter="http://www.onvif.org/ver10/error" xmlns:tns1="http://www.onvif.org/ver10/topics"';

export const envelope = (body: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?><s:Envelope ${namespaces}><s:Body>${body}</s:Body></s:Envelope>`;

/** A SOAP fault as ONVIF Core section 5.11.2 has it. */
export const fault = (subcode: string, reason: string): string =>
  envelope(
    `<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>${subcode}</s:Value></s:Subcode></s:Code>` +
      `<s:Reason><s:Text xml:lang="en">${escapeXml(reason)}</s:Text></s:Reason></s:Fault>`,
  );
