// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is trusted when TLS is spoken with the target. BoringSSL speaks it where that can be loaded,
 * the Java platform elsewhere.
 */
final class TlsContexts {
  private TlsContexts() {}

  /**
   * Returns the context for a target; null when it speaks no TLS.
   *
   * @throws IOException when the certificate authorities cannot be read
   */
  static @Nullable SslContext of(ReplayOptions options) throws IOException {
    if (!options.target().tls()) {
      return null;
    }
    SslContextBuilder builder = SslContextBuilder.forClient();
    Path authorities = options.certificateAuthorities();
    if (options.insecure()) {
      builder
          .trustManager(InsecureTrustManagerFactory.INSTANCE)
          .endpointIdentificationAlgorithm("");
    } else if (authorities != null) {
      if (!Files.isReadable(authorities)) {
        throw new NoSuchFileException(authorities.toString(), null, "cannot be read");
      }
      try {
        builder.trustManager(authorities.toFile());
      } catch (IllegalArgumentException e) {
        throw new IOException(authorities + ": no PEM file with X.509 certificates", e);
      }
    }
    return builder.build();
  }
}
