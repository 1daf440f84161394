// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

import dev.tapedeck.replayer.RecordedExchange;
import dev.tapedeck.replayer.RecordedSession;
import dev.tapedeck.replayer.ReplayOutcome;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

/** One session or exchange as an invocation of the test method. */
final class ReplayInvocation
    implements TestTemplateInvocationContext, BeforeTestExecutionCallback, ParameterResolver {
  private static final int MAX_NAME_CHARS = 120;

  private final HeldReplay replay;
  private final RecordedSession session;
  private final @Nullable RecordedExchange exchange;

  ReplayInvocation(
      HeldReplay replay, RecordedSession session, @Nullable RecordedExchange exchange) {
    this.replay = replay;
    this.session = session;
    this.exchange = exchange;
  }

  @Override
  public String getDisplayName(int invocationIndex) {
    String name =
        exchange == null
            ? "session " + session.id() + ": " + session.title()
            : "exchange " + exchange.id() + ": " + exchange.title();
    return name.length() <= MAX_NAME_CHARS ? name : name.substring(0, MAX_NAME_CHARS - 1) + "…";
  }

  @Override
  public List<Extension> getAdditionalExtensions() {
    return List.of(this);
  }

  @Override
  public void beforeTestExecution(ExtensionContext context) throws Exception {
    ReplayOutcome outcome = outcome(context);
    if (!replay.test().judge()) {
      return;
    }
    if (outcome.report().sent() == 0 && outcome.report().failures() == 0) {
      throw new AssertionFailedError(
          "nothing was sent and answered, so nothing was tested. "
              + outcome.message()
              + hint(outcome));
    }
    if (!outcome.isUnchanged()) {
      throw new AssertionFailedError(outcome.message(), outcome.baseline(), outcome.actual());
    }
    if (outcome.isUntested()) {
      throw new TestAbortedException(outcome.message() + hint(outcome));
    }
  }

  private static String hint(ReplayOutcome outcome) {
    return outcome.skipped().containsKey("unsafe_method")
        ? "; allowUnsafe = true sends methods that may change data on the target"
        : "";
  }

  private ReplayOutcome outcome(ExtensionContext context) throws Exception {
    ReplayOutcome outcome = replay.outcome(session, context);
    return exchange == null ? outcome : outcome.of(exchange);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return Set.of(URI.class, URL.class, RecordedSession.class, ReplayOutcome.class).contains(type)
        || (exchange != null && type == RecordedExchange.class);
  }

  @Override
  public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    if (type == RecordedSession.class) {
      return session;
    } else if (type == RecordedExchange.class) {
      return exchange;
    }
    try {
      if (type == ReplayOutcome.class) {
        return outcome(context);
      }
      URI url = replay.target(session, context);
      return type == URL.class ? url(url) : url;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ParameterResolutionException("interrupted", e);
    } catch (Exception e) {
      throw new ParameterResolutionException(String.valueOf(e.getMessage()), e);
    }
  }

  private static URL url(URI uri) throws MalformedURLException {
    return uri.toURL();
  }
}
