// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

import dev.tapedeck.replayer.RecordedExchange;
import dev.tapedeck.replayer.RecordedSession;
import dev.tapedeck.replayer.ReplayTestException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Makes the invocations of a {@link CaptureReplayTest} method. */
final class CaptureReplayExtension implements TestTemplateInvocationContextProvider {
  private static final Namespace NAMESPACE = Namespace.create(CaptureReplayExtension.class);

  @Override
  public boolean supportsTestTemplate(ExtensionContext context) {
    return AnnotationSupport.isAnnotated(context.getTestMethod(), CaptureReplayTest.class);
  }

  @Override
  public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(
      ExtensionContext context) {
    CaptureReplayTest test =
        AnnotationSupport.findAnnotation(context.getTestMethod(), CaptureReplayTest.class)
            .orElseThrow();
    HeldReplay replay = open(test, context);
    context.getStore(NAMESPACE).put(HeldReplay.class, new Closing(replay::close));
    List<TestTemplateInvocationContext> invocations = new ArrayList<>();
    for (RecordedSession session : replay.sessions()) {
      if (test.each() == Each.SESSION) {
        invocations.add(new ReplayInvocation(replay, session, null));
      } else {
        for (RecordedExchange exchange : session.exchanges()) {
          invocations.add(new ReplayInvocation(replay, session, exchange));
        }
      }
    }
    return invocations.stream();
  }

  private static HeldReplay open(CaptureReplayTest test, ExtensionContext context) {
    String captures = String.join(", ", test.value());
    try {
      return HeldReplay.open(test, context.getRequiredTestClass());
    } catch (IllegalArgumentException | ReplayTestException | IOException e) {
      throw new ExtensionConfigurationException(
          "@CaptureReplayTest(\"" + captures + "\"): " + e.getMessage(), e);
    }
  }
}
