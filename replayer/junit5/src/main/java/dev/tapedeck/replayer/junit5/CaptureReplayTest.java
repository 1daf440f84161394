// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

import dev.tapedeck.format.Role;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Sends what a capture recorded to an application, and fails where it answers otherwise: one
 * invocation of the method for each recorded session.
 *
 * <pre>{@code
 * @CaptureReplayTest(value = "orders.tape", targetFactory = OrdersTarget.class)
 * void answersAsRecorded() {}
 * }</pre>
 *
 * <p><b>What is run:</b> the whole selection is sent once, when the first invocation begins, in the
 * order in which it was recorded and as fast as the application answers; then each invocation tells
 * what became of its part. With {@link TargetLifecycle#SESSION} each session is sent on its own, to
 * a fresh application. Values that answers mint, such as cookies, tokens and ids, are carried over
 * from the answers now.
 *
 * <p><b>Failures:</b> an {@code AssertionFailedError} with baseline and actual, before the body of
 * the method runs. A session of which nothing may be sent is aborted, which build tools show as
 * skipped; a selection without any exchange, a capture that is damaged, and a target that is
 * refused fail. Captured secrets are masked unless {@link #includeSecrets} is set.
 *
 * <p><b>Names:</b> display names and unique ids depend on capture and attributes alone.
 *
 * <p><b>Parameters</b> of the method, and of {@code @BeforeEach} methods, may be of the types
 * {@code URI} and {@code URL} (the target), {@code RecordedSession}, {@code RecordedExchange} (only
 * with {@link Each#EXCHANGE}) and {@code ReplayOutcome}.
 *
 * <p>It may stand on another annotation, so that several tests share its attributes.
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(CaptureReplayExtension.class)
public @interface CaptureReplayTest {
  /**
   * Capture files, at least one: resources of the class path, beside the test class or from the
   * root with a leading slash or without; else files, relative to the working directory.
   */
  String[] value();

  /** What one invocation stands for. */
  Each each() default Each.SESSION;

  /**
   * The target's URL, such as {@code http://127.0.0.1:8080}. In it {@code ${name}} stands for the
   * system property or else the environment variable of that name, {@code ${name:other}} for {@code
   * other} where there is neither. Without this, {@link #targetMethod} and {@link #targetFactory}
   * the system property {@code tapedeck.target} counts.
   */
  String target() default "";

  /**
   * A method of the test class without parameters that returns the target's {@code URI}, {@code
   * URL}, {@code String}, or the number of a port of this host: for applications that the test
   * class starts itself, in a {@code @BeforeAll} method for example.
   */
  String targetMethod() default "";

  /** Starts the target. */
  Class<? extends TargetFactory> targetFactory() default TargetFactory.None.class;

  /** How long what {@link #targetFactory} started lives; and whether sessions are sent alone. */
  TargetLifecycle lifecycle() default TargetLifecycle.METHOD;

  /** Whose exchanges are sent: those of a recorded server, or a client's. */
  Role role() default Role.SERVER;

  /** The recorded server, as {@code IP:PORT} or {@code :PORT}; only where there are several. */
  String server() default "";

  /** Which exchanges are sent, such as {@code path ~ "^/orders"}; all without it. */
  String filter() default "";

  /** At most so many sessions, the earliest. */
  int maxSessions() default Integer.MAX_VALUE;

  /** How fast: {@code max}, {@code original}, {@code xN} or {@code RATE/s}. */
  String pace() default "max";

  /** Whether a request waits for all that had been answered before it when it was recorded. */
  boolean recordedOrder() default true;

  /** Rules files, found as {@link #value}: what is rewritten and what may differ. */
  String[] rules() default {};

  /**
   * Whether equal requests of the capture say what is made anew for each answer, so that it is
   * checked by type.
   */
  boolean repeats() default true;

  /**
   * URL of a target that is known to be good, whose answers are compared with instead of the
   * recorded ones; placeholders as in {@link #target}. It is sent everything twice.
   */
  String baseline() default "";

  /** Whether POST, PUT, DELETE and others that may change data on the target are sent. */
  boolean allowUnsafe() default false;

  /** Whether requests are sent of whose body the capture lacks a part, without it. */
  boolean allowIncomplete() default false;

  /** Hosts that are sent to although the capture names them as recorded servers. */
  String[] allowTarget() default {};

  /** Whether values that answers mint are carried over into later requests. */
  boolean flows() default true;

  /** Whether a capture of which a part cannot be read is good enough. */
  boolean allowDamage() default false;

  /** Key files for encrypted captures, found as {@link #value}. */
  String[] identity() default {};

  /** PEM file with the authorities to trust, found as {@link #value}. */
  String certificateAuthorities() default "";

  /** PEM file with the certificate chain to show to the target, found as {@link #value}. */
  String clientCertificate() default "";

  /** PEM file with its key: PKCS #8, without password. */
  String clientKey() default "";

  /** Name to ask for in the TLS handshake; the target's host by default. */
  String serverName() default "";

  /** Whether any certificate of the target is accepted. */
  boolean insecure() default false;

  /** Whether the Host field is sent as it was recorded. */
  boolean keepHost() default false;

  /** How many connections may be open at once at pace {@code max}. */
  int concurrency() default 64;

  /** After how many failures and unexpected 5xx answers nothing more is sent; 0 for never. */
  int maxErrors() default 100;

  /** For connecting, in milliseconds, and again for the TLS handshake. */
  long connectTimeoutMillis() default 10_000;

  /** Longest silence while an answer is awaited, in milliseconds. */
  long answerTimeoutMillis() default 30_000;

  /** Whether differences show credentials, cookies and tokens instead of masking them. */
  boolean includeSecrets() default false;

  /**
   * Whether an invocation fails by itself where something differs. With false the method judges: it
   * takes a {@code ReplayOutcome}.
   */
  boolean judge() default true;
}
