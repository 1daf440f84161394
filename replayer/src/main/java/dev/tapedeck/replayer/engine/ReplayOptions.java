// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.engine;

import dev.tapedeck.replayer.diff.ComparatorOptions;
import dev.tapedeck.replayer.rules.ReplayRules;
import dev.tapedeck.replayer.target.Target;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a plan is run.
 *
 * <p><b>Limits</b>
 *
 * <table>
 *   <caption>Bounds</caption>
 *   <tr><th>name</th><th>default</th><th>effect when reached</th></tr>
 *   <tr><td>concurrency</td><td>{@value #DEFAULT_CONCURRENCY}</td><td>at pace {@code max} further
 *       connections wait</td></tr>
 *   <tr><td>connectTimeout</td><td>10 s</td><td>the request that needs the connection fails</td></tr>
 *   <tr><td>answerTimeout</td><td>30 s</td><td>a request during whose answer nothing moved for that
 *       long fails</td></tr>
 *   <tr><td>maxErrors</td><td>{@value #DEFAULT_MAX_ERRORS}</td><td>nothing more is sent</td></tr>
 *   <tr><td>maxAnswerBytes</td><td>{@value #DEFAULT_MAX_ANSWER_BYTES}</td><td>the request
 *       fails</td></tr>
 * </table>
 *
 * @param target where to
 * @param keepHost whether the Host field is sent as recorded
 * @param insecure whether any certificate is accepted
 * @param certificateAuthorities PEM file of what is trusted; null for what the Java platform trusts
 * @param clientCertificate PEM file of the certificate chain shown to the target; null for none
 * @param clientKey PEM file of its key, PKCS #8 without password; null for none
 * @param serverName asked for in the TLS handshake and expected in the certificate
 * @param concurrency most connections open at once at pace {@code max}
 * @param connectTimeout for connecting, and again for the TLS handshake
 * @param answerTimeout longest silence while an answer is awaited
 * @param maxErrors how many failures and unexpected answers of class 5xx end the replay
 * @param maxAnswerBytes longest answer
 * @param rehearse whether a short replay against ourselves comes first, so that a cold JVM makes no
 *     request late
 * @param comparison how answers are compared
 */
public record ReplayOptions(
    Target target,
    boolean keepHost,
    boolean insecure,
    @Nullable Path certificateAuthorities,
    @Nullable Path clientCertificate,
    @Nullable Path clientKey,
    String serverName,
    int concurrency,
    Duration connectTimeout,
    Duration answerTimeout,
    ErrorLimit maxErrors,
    long maxAnswerBytes,
    boolean rehearse,
    ComparatorOptions comparison) {
  public static final int DEFAULT_CONCURRENCY = 64;
  public static final int DEFAULT_MAX_ERRORS = 100;
  public static final long DEFAULT_MAX_ANSWER_BYTES = 1L << 30;

  public ReplayOptions {
    if (concurrency < 1 || maxAnswerBytes < 1) {
      throw new IllegalArgumentException(
          "concurrency=" + concurrency + " maxAnswerBytes=" + maxAnswerBytes);
    }
    if ((clientCertificate == null) != (clientKey == null)) {
      throw new IllegalArgumentException(
          "clientCertificate=" + clientCertificate + " clientKey=" + clientKey);
    }
    requirePositive("connectTimeout", connectTimeout);
    requirePositive("answerTimeout", answerTimeout);
  }

  /** Returns a builder with the defaults. */
  public static Builder newBuilder(Target target) {
    return new Builder(target);
  }

  /** Returns the same options with what was found to change from answer to answer. */
  public ReplayOptions withNoise(ReplayRules noise) {
    return new ReplayOptions(
        target,
        keepHost,
        insecure,
        certificateAuthorities,
        clientCertificate,
        clientKey,
        serverName,
        concurrency,
        connectTimeout,
        answerTimeout,
        maxErrors,
        maxAnswerBytes,
        rehearse,
        comparison.withNoise(noise));
  }

  private static void requirePositive(String name, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(name + "=" + duration);
    }
  }

  /** Collects options; confined to one thread. */
  public static final class Builder {
    private final Target target;
    private boolean keepHost;
    private boolean insecure;
    private @Nullable Path certificateAuthorities;
    private @Nullable Path clientCertificate;
    private @Nullable Path clientKey;
    private @Nullable String serverName;
    private int concurrency = DEFAULT_CONCURRENCY;
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration answerTimeout = Duration.ofSeconds(30);
    private ErrorLimit maxErrors = ErrorLimit.DEFAULT;
    private long maxAnswerBytes = DEFAULT_MAX_ANSWER_BYTES;
    private boolean rehearse = true;
    private ComparatorOptions comparison = ComparatorOptions.defaults();

    private Builder(Target target) {
      this.target = Objects.requireNonNull(target, "target");
    }

    public Builder keepHost(boolean keep) {
      keepHost = keep;
      return this;
    }

    public Builder insecure(boolean accept) {
      insecure = accept;
      return this;
    }

    public Builder certificateAuthorities(@Nullable Path pem) {
      certificateAuthorities = pem;
      return this;
    }

    /** Sets the certificate chain and the key that are shown; both null for none. */
    public Builder clientCertificate(@Nullable Path chain, @Nullable Path key) {
      clientCertificate = chain;
      clientKey = key;
      return this;
    }

    /** Sets the name asked for in the TLS handshake; null for the target's host. */
    public Builder serverName(@Nullable String name) {
      serverName = name;
      return this;
    }

    public Builder concurrency(int connections) {
      concurrency = connections;
      return this;
    }

    public Builder connectTimeout(Duration timeout) {
      connectTimeout = timeout;
      return this;
    }

    public Builder answerTimeout(Duration timeout) {
      answerTimeout = timeout;
      return this;
    }

    /** Sets how many errors end the replay; 0 for any number. */
    public Builder maxErrors(int errors) {
      return maxErrors(new ErrorLimit(errors, 0));
    }

    public Builder maxErrors(ErrorLimit limit) {
      maxErrors = limit;
      return this;
    }

    public Builder maxAnswerBytes(long bytes) {
      maxAnswerBytes = bytes;
      return this;
    }

    public Builder rehearse(boolean before) {
      rehearse = before;
      return this;
    }

    public Builder comparison(ComparatorOptions options) {
      comparison = options;
      return this;
    }

    public ReplayOptions build() {
      return new ReplayOptions(
          target,
          keepHost,
          insecure,
          certificateAuthorities,
          clientCertificate,
          clientKey,
          serverName == null ? target.host() : serverName,
          concurrency,
          connectTimeout,
          answerTimeout,
          maxErrors,
          maxAnswerBytes,
          rehearse,
          comparison);
    }
  }
}
