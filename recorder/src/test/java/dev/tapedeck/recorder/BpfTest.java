// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.recorder;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A test that loads programs into the kernel. Where that is not possible it is skipped with the
 * reason, under {@code CI=true} it runs and fails.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("bpf")
@ExtendWith(BpfTest.Condition.class)
public @interface BpfTest {
  /** Looks at this host. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      Optional<HostChecks.Check> obstacle = HostChecks.ofThisHost(null).firstObstacle();
      if (obstacle.isEmpty() || "true".equals(System.getenv("CI"))) {
        return ConditionEvaluationResult.enabled("the host can record, or must");
      }
      return ConditionEvaluationResult.disabled(
          obstacle.get().name() + ": " + obstacle.get().detail());
    }
  }
}
