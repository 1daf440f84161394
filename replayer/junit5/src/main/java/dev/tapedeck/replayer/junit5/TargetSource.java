// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.replayer.junit5;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URL;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.ReflectionSupport;

/** Where the target of a test comes from. */
final class TargetSource {
  private static final String PROPERTY = "tapedeck.target";
  private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{([^}:]+)(?::([^}]*))?}");

  private final CaptureReplayTest test;

  TargetSource(CaptureReplayTest test) {
    this.test = test;
    int named = 0;
    named += test.target().isEmpty() ? 0 : 1;
    named += test.targetMethod().isEmpty() ? 0 : 1;
    named += hasFactory() ? 1 : 0;
    if (named > 1) {
      throw new ExtensionConfigurationException(
          "@CaptureReplayTest: only one of target, targetMethod and targetFactory");
    }
    if (test.lifecycle() != TargetLifecycle.METHOD && !hasFactory()) {
      throw new ExtensionConfigurationException(
          "@CaptureReplayTest: lifecycle = " + test.lifecycle() + " needs a targetFactory");
    }
  }

  private boolean hasFactory() {
    return test.targetFactory() != TargetFactory.None.class;
  }

  /** Starts the target, or says where it is. */
  ReplayTarget start(ExtensionContext context) throws Exception {
    if (hasFactory()) {
      Constructor<? extends TargetFactory> constructor =
          test.targetFactory().getDeclaredConstructor();
      constructor.setAccessible(true);
      return constructor.newInstance().start();
    }
    if (!test.targetMethod().isEmpty()) {
      return ReplayTarget.borrowed(ofMethod(context));
    }
    String text =
        test.target().isEmpty()
            ? required(System.getProperty(PROPERTY), PROPERTY)
            : filled(test.target());
    return ReplayTarget.borrowed(uri(text));
  }

  private URI ofMethod(ExtensionContext context) {
    Class<?> testClass = context.getRequiredTestClass();
    Method method =
        ReflectionSupport.findMethod(testClass, test.targetMethod())
            .orElseThrow(
                () ->
                    new ExtensionConfigurationException(
                        "targetMethod: "
                            + testClass.getName()
                            + " has no method "
                            + test.targetMethod()
                            + "()"));
    Object value = ReflectionSupport.invokeMethod(method, context.getTestInstance().orElse(null));
    if (value instanceof Integer port) {
      return uri("http://127.0.0.1:" + port);
    }
    if (value instanceof URI || value instanceof URL || value instanceof String) {
      return uri(value.toString());
    }
    throw new ExtensionConfigurationException(
        "targetMethod: "
            + method
            + " returned "
            + (value == null ? "null" : "a " + value.getClass().getName())
            + "; expected a URI, URL, String or int");
  }

  private static URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new ExtensionConfigurationException("target '" + text + "' is no URL", e);
    }
  }

  /** Returns the text with the values of what it names. */
  static String filled(String text) {
    Matcher matcher = PLACEHOLDER.matcher(text);
    StringBuilder filled = new StringBuilder();
    while (matcher.find()) {
      String name = matcher.group(1);
      String value = System.getProperty(name, System.getenv(name));
      matcher.appendReplacement(
          filled,
          Matcher.quoteReplacement(
              value == null && matcher.group(2) != null
                  ? matcher.group(2)
                  : required(value, name)));
    }
    return matcher.appendTail(filled).toString();
  }

  private static String required(@Nullable String value, String name) {
    if (value == null) {
      throw new ExtensionConfigurationException(
          "no target: set target, targetMethod or targetFactory of @CaptureReplayTest, or the"
              + " system property "
              + name
              + " (mvn test -D"
              + name
              + "=http://127.0.0.1:8080)");
    }
    return value;
  }
}
