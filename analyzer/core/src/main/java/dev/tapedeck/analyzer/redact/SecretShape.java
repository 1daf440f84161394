// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.redact;

import com.google.re2j.Pattern;

/** Secrets that are known by their shape, whatever carries them. */
public enum SecretShape {
  /** JSON Web Token (RFC 7519): header and payload are JSON objects in base64url. */
  JWT("\\b(eyJ[A-Za-z0-9_-]{5,}\\.eyJ[A-Za-z0-9_-]{5,}\\.[A-Za-z0-9_-]*)"),
  /** Bearer credentials (RFC 6750). */
  BEARER("(?i)\\bbearer\\s+([a-z0-9._~+/-]{16,}=*)"),
  /** Basic credentials (RFC 7617). */
  BASIC("(?i)\\bbasic\\s+([a-z0-9+/]{12,}={0,2})"),
  /** Access key ids of AWS. */
  AWS_KEY("\\b((?:AKIA|ASIA)[0-9A-Z]{16})\\b"),
  /** Private keys as PEM (RFC 7468), with line ends as such or as in JSON. */
  PRIVATE_KEY("-----BEGIN [A-Z ]*PRIVATE KEY-----([A-Za-z0-9+/=\\s\\\\]+)"),
  /** Tokens that code hosts and chats give out. */
  SERVICE_TOKEN(
      "\\b((?:gh[pousr]_[A-Za-z0-9]{30,})|(?:xox[abprs]-[A-Za-z0-9-]{10,})"
          + "|(?:glpat-[A-Za-z0-9_-]{20,})|(?:sk_live_[A-Za-z0-9]{16,}))");

  private final Pattern pattern;

  SecretShape(String regex) {
    this.pattern = Pattern.compile(regex);
  }

  /** Returns a pattern whose first group is the secret, in text of one character a byte. */
  public Pattern pattern() {
    return pattern;
  }
}
