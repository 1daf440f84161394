// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is trusted, offered and shown when TLS is spoken with the target. BoringSSL speaks it where
 * that can be loaded, the Java platform elsewhere.
 *
 * @param http1 offers HTTP/1.1; null when the target speaks no TLS
 * @param http2 offers HTTP/2 alone; null when the target speaks no TLS
 */
record TlsContexts(@Nullable SslContext http1, @Nullable SslContext http2) {
  /**
   * Returns the contexts for a target.
   *
   * @throws IOException when certificates or the key cannot be read
   */
  static TlsContexts of(ReplayOptions options) throws IOException {
    return options.target().tls()
        ? new TlsContexts(
            context(options, ApplicationProtocolNames.HTTP_1_1),
            context(options, ApplicationProtocolNames.HTTP_2))
        : new TlsContexts(null, null);
  }

  private static SslContext context(ReplayOptions options, String protocol) throws IOException {
    SslContextBuilder builder =
        SslContextBuilder.forClient()
            .applicationProtocolConfig(
                new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    protocol));
    trust(builder, options);
    identify(builder, options);
    return builder.build();
  }

  private static void trust(SslContextBuilder builder, ReplayOptions options) throws IOException {
    Path authorities = options.certificateAuthorities();
    if (options.insecure()) {
      builder
          .trustManager(InsecureTrustManagerFactory.INSTANCE)
          .endpointIdentificationAlgorithm("");
    } else if (authorities != null) {
      requireReadable(authorities);
      try {
        builder.trustManager(authorities.toFile());
      } catch (IllegalArgumentException e) {
        throw new IOException(authorities + ": no PEM file with X.509 certificates", e);
      }
    }
  }

  private static void identify(SslContextBuilder builder, ReplayOptions options)
      throws IOException {
    Path certificate = options.clientCertificate();
    Path key = options.clientKey();
    if (certificate == null || key == null) {
      return;
    }
    requireReadable(certificate);
    requireReadable(key);
    try {
      builder.keyManager(certificate.toFile(), key.toFile());
    } catch (IllegalArgumentException e) {
      throw new IOException(
          certificate
              + ", "
              + key
              + ": no PEM files with a certificate chain and its PKCS #8 key without password",
          e);
    }
  }

  private static void requireReadable(Path file) throws IOException {
    if (!Files.isReadable(file)) {
      throw new NoSuchFileException(file.toString(), null, "cannot be read");
    }
  }
}
