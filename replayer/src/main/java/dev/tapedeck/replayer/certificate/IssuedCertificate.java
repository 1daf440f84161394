// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.certificate;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * What a server shows and proves itself with.
 *
 * @param chain the server's certificate, then that of the authority
 * @param key the server's; in memory only
 */
public record IssuedCertificate(List<X509Certificate> chain, PrivateKey key) {
  public IssuedCertificate {
    chain = List.copyOf(chain);
  }
}
