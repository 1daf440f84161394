// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer;

import dev.tapedeck.analyzer.filter.Filter;
import dev.tapedeck.analyzer.filter.FilterSyntaxException;
import dev.tapedeck.analyzer.rules.RulesException;
import dev.tapedeck.format.Identities;
import dev.tapedeck.format.ReaderOptions;
import dev.tapedeck.format.Role;
import dev.tapedeck.replayer.diff.ComparatorOptions;
import dev.tapedeck.replayer.engine.ReplayOptions;
import dev.tapedeck.replayer.plan.Pace;
import dev.tapedeck.replayer.plan.PlanOptions;
import dev.tapedeck.replayer.plan.SelectionException;
import dev.tapedeck.replayer.plan.SelectionOptions;
import dev.tapedeck.replayer.plan.ServerPattern;
import dev.tapedeck.replayer.rules.ReplayRules;
import dev.tapedeck.replayer.rules.RulesReader;
import dev.tapedeck.replayer.target.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Captures as a test of an application: sends what was recorded and compares the answers with the
 * recorded ones.
 *
 * <pre>{@code
 * ReplayTest.of(Path.of("orders.tape"))
 *     .filter("path ~ \"^/orders\"")
 *     .allowUnsafe(true)
 *     .run("http://127.0.0.1:8080")
 *     .assertUnchanged();
 * }</pre>
 *
 * <p>Other than on the command line everything is due at once, and {@link #recordedOrder} holds: so
 * the test is as fast as the application, and the application sees everything in the order in which
 * it was recorded. The guards are those of the command line: only safe methods unless {@link
 * #allowUnsafe} is set, and never a recorded server.
 *
 * <p><b>Lifecycle:</b> set what is to differ from the defaults, then {@link #run}, or {@link #open}
 * for the sessions one by one. <b>Threads:</b> confined to one.
 */
public final class ReplayTest {
  private final List<Path> captures;
  private Role role = Role.SERVER;
  private @Nullable ServerPattern server;
  private @Nullable Filter filter;
  private int maxSessions = Integer.MAX_VALUE;
  private Pace pace = Pace.MAX;
  private boolean recordedOrder = true;
  private boolean allowUnsafe;
  private boolean allowIncomplete;
  private boolean carryValues = true;
  private boolean allowDamage;
  private List<Path> rulesFiles = List.of();
  private boolean repeats = true;
  private @Nullable String baselineUrl;
  private List<Path> keyFiles = List.of();
  private List<String> allowedTargets = List.of();
  private boolean keepHost;
  private boolean insecure;
  private boolean includeSecrets;
  private @Nullable Path authorities;
  private @Nullable Path clientCertificate;
  private @Nullable Path clientKey;
  private @Nullable String serverName;
  private int concurrency = ReplayOptions.DEFAULT_CONCURRENCY;
  private int maxErrors = ReplayOptions.DEFAULT_MAX_ERRORS;
  private Duration connectTimeout = Duration.ofSeconds(10);
  private Duration answerTimeout = Duration.ofSeconds(30);

  private ReplayTest(List<Path> captures) {
    this.captures = captures;
  }

  /**
   * Returns a test of what these files hold.
   *
   * @param captures at least one
   */
  public static ReplayTest of(Path... captures) {
    return of(List.of(captures));
  }

  /**
   * Returns a test of what these files hold.
   *
   * @param captures at least one
   */
  public static ReplayTest of(List<Path> captures) {
    if (captures.isEmpty()) {
      throw new IllegalArgumentException("captures=[]");
    }
    return new ReplayTest(List.copyOf(captures));
  }

  /** Sets whose exchanges are sent: those of a recorded server, the default, or a client's. */
  public ReplayTest role(Role whose) {
    role = whose;
    return this;
  }

  /**
   * Sets the recorded server whose exchanges are sent; needed only where there are several.
   *
   * @param pattern {@code IP:PORT}, {@code [IPV6]:PORT} or {@code :PORT}
   * @throws IllegalArgumentException when it is none of these
   */
  public ReplayTest server(String pattern) {
    server = ServerPattern.parse(pattern);
    return this;
  }

  /**
   * Sets which exchanges are sent; all by default.
   *
   * @param expression as in docs/FILTER.md, such as {@code path ~ "^/orders"}
   * @throws IllegalArgumentException when it is none
   */
  public ReplayTest filter(String expression) {
    try {
      filter = Filter.parse(expression);
    } catch (FilterSyntaxException e) {
      throw new IllegalArgumentException(
          "filter '" + expression + "': " + e.getMessage() + "\n" + e.marked(), e);
    }
    return this;
  }

  /** Sets how many sessions are sent at most, the earliest; all by default. */
  public ReplayTest maxSessions(int count) {
    maxSessions = count;
    return this;
  }

  /**
   * Sets how fast; {@code max} by default.
   *
   * @param text {@code original}, {@code max}, {@code xN} or {@code RATE/s}
   * @throws IllegalArgumentException when it is none of these
   */
  public ReplayTest pace(String text) {
    pace = Pace.parse(text);
    return this;
  }

  /**
   * Sets whether a request waits for all that had been answered before it when it was recorded, on
   * whatever connection; true by default. What was recorded at the same time is sent so as well.
   */
  public ReplayTest recordedOrder(boolean keep) {
    recordedOrder = keep;
    return this;
  }

  /** Sets whether POST, PUT, DELETE and others that may change data are sent; false by default. */
  public ReplayTest allowUnsafe(boolean allow) {
    allowUnsafe = allow;
    return this;
  }

  /**
   * Sets whether requests are sent of whose body the capture lacks a part, without it; false by
   * default.
   */
  public ReplayTest allowIncomplete(boolean allow) {
    allowIncomplete = allow;
    return this;
  }

  /**
   * Sets whether cookies, tokens and ids that recorded answers minted are replaced by those of the
   * answers now; true by default.
   */
  public ReplayTest carryValues(boolean carry) {
    carryValues = carry;
    return this;
  }

  /** Sets whether a capture of which a part cannot be read is good enough; false by default. */
  public ReplayTest allowDamage(boolean allow) {
    allowDamage = allow;
    return this;
  }

  /** Sets the files that say what is rewritten and what may differ, as in docs/REPLAY.md. */
  public ReplayTest rules(Path... yaml) {
    return rules(List.of(yaml));
  }

  /** Sets the files that say what is rewritten and what may differ, as in docs/REPLAY.md. */
  public ReplayTest rules(List<Path> yaml) {
    rulesFiles = List.copyOf(yaml);
    return this;
  }

  /**
   * Sets whether equal requests of the capture say what is made anew for each answer, so that it is
   * checked by type; true by default.
   */
  public ReplayTest repeats(boolean learn) {
    repeats = learn;
    return this;
  }

  /**
   * Sets a target that is known to be good: its answers are compared with instead of the recorded
   * ones. It is sent everything twice, to find out what changes by itself.
   *
   * @param url {@code http://HOST[:PORT]} or {@code https://HOST[:PORT]}
   */
  public ReplayTest baseline(String url) {
    baselineUrl = url;
    return this;
  }

  /** Sets the files with secret keys for encrypted captures, as age-keygen writes them. */
  public ReplayTest identities(List<Path> files) {
    keyFiles = List.copyOf(files);
    return this;
  }

  /** Sets hosts that are sent to although a capture names them as recorded servers. */
  public ReplayTest allowTargets(List<String> hosts) {
    allowedTargets = List.copyOf(hosts);
    return this;
  }

  /** Sets whether the Host field is sent as it was recorded; false by default. */
  public ReplayTest keepHost(boolean keep) {
    keepHost = keep;
    return this;
  }

  /** Sets whether any certificate of the target is accepted; false by default. */
  public ReplayTest insecure(boolean accept) {
    insecure = accept;
    return this;
  }

  /** Sets the PEM file with the authorities, or the certificate, to trust. */
  public ReplayTest certificateAuthorities(Path pem) {
    authorities = pem;
    return this;
  }

  /**
   * Sets the PEM files with the certificate chain to show to the target, and its key: PKCS #8,
   * without password.
   */
  public ReplayTest clientCertificate(Path chain, Path key) {
    clientCertificate = chain;
    clientKey = key;
    return this;
  }

  /** Sets the name to ask for in the TLS handshake; the target's host by default. */
  public ReplayTest serverName(String name) {
    serverName = name;
    return this;
  }

  /** Sets whether differences show credentials, cookies and tokens; false by default. */
  public ReplayTest includeSecrets(boolean include) {
    includeSecrets = include;
    return this;
  }

  /** Sets how many connections may be open at once at pace {@code max}; 64 by default. */
  public ReplayTest concurrency(int connections) {
    concurrency = connections;
    return this;
  }

  /** Sets after how many failures and unexpected 5xx answers nothing more is sent; 0 for never. */
  public ReplayTest maxErrors(int errors) {
    maxErrors = errors;
    return this;
  }

  /** Sets how long connecting may take, and again the TLS handshake; 10 s by default. */
  public ReplayTest connectTimeout(Duration time) {
    connectTimeout = time;
    return this;
  }

  /** Sets the longest silence while an answer is awaited; 30 s by default. */
  public ReplayTest answerTimeout(Duration time) {
    answerTimeout = time;
    return this;
  }

  /**
   * Opens the captures. The caller closes what is returned.
   *
   * @throws IOException when a file cannot be read or is no capture
   * @throws ReplayTestException when there is nothing to send, or a capture or the rules are
   *     damaged
   */
  public ReplaySuite open() throws IOException, ReplayTestException {
    try {
      return new ReplaySuite(this, rules());
    } catch (SelectionException | RulesException e) {
      throw new ReplayTestException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Sends everything that was selected and compares the answers.
   *
   * @param targetUrl {@code http://HOST[:PORT]} or {@code https://HOST[:PORT]}
   * @throws IOException when a file cannot be read, or the target's host is not known
   * @throws ReplayTestException when there is nothing to send, a capture or the rules are damaged,
   *     or the target must not be sent to
   */
  public ReplayOutcome run(String targetUrl)
      throws IOException, ReplayTestException, InterruptedException {
    try (ReplaySuite suite = open()) {
      return suite.run(targetUrl);
    }
  }

  private ReplayRules rules() throws IOException, RulesException {
    return RulesReader.readAll(rulesFiles);
  }

  List<Path> captures() {
    return captures;
  }

  boolean recordedOrder() {
    return recordedOrder;
  }

  boolean carryValues() {
    return carryValues;
  }

  boolean repeats() {
    return repeats;
  }

  boolean keepHost() {
    return keepHost;
  }

  @Nullable String baseline() {
    return baselineUrl;
  }

  boolean allowDamage() {
    return allowDamage;
  }

  List<String> allowedTargets() {
    return allowedTargets;
  }

  ReaderOptions readerOptions() throws IOException {
    Identities identities = keyFiles.isEmpty() ? Identities.none() : Identities.read(keyFiles);
    return ReaderOptions.defaults().withIdentities(identities);
  }

  SelectionOptions selection() {
    return new SelectionOptions(role, server, maxSessions, filter);
  }

  PlanOptions plan() {
    return PlanOptions.newBuilder()
        .pace(pace)
        .allowUnsafe(allowUnsafe)
        .allowIncomplete(allowIncomplete)
        .build();
  }

  ReplayOptions options(Target target, ReplayRules rules) {
    return ReplayOptions.newBuilder(target)
        .keepHost(keepHost)
        .insecure(insecure)
        .certificateAuthorities(authorities)
        .clientCertificate(clientCertificate, clientKey)
        .serverName(serverName)
        .concurrency(concurrency)
        .connectTimeout(connectTimeout)
        .answerTimeout(answerTimeout)
        .maxErrors(maxErrors)
        .rehearse(!pace.equals(Pace.MAX))
        .comparison(comparison(rules))
        .build();
  }

  ComparatorOptions comparison(ReplayRules rules) {
    return new ComparatorOptions(rules, includeSecrets, ComparatorOptions.DEFAULT_MAX_DIFFERENCES);
  }
}
