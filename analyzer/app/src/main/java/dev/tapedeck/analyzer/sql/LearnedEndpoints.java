// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.sql;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.endpoint.EndpointLearner;
import dev.tapedeck.analyzer.endpoint.Endpoints;
import java.io.IOException;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The path templates of all captures, learned when a query first asks for them.
 *
 * <p><b>Threads:</b> any.
 */
final class LearnedEndpoints {
  private final List<CaptureInput> inputs;

  /** Guarded by this. */
  private @Nullable Endpoints learned;

  LearnedEndpoints(List<CaptureInput> inputs) {
    this.inputs = inputs;
  }

  synchronized Endpoints get(BooleanSupplier unwanted) throws IOException {
    Endpoints known = learned;
    if (known == null) {
      EndpointLearner learner = new EndpointLearner();
      for (CaptureInput input : inputs) {
        new OpenCapture(input, unwanted, this)
            .analyze(
                new OpenCapture.Visitor() {
                  @Override
                  public void exchange(Exchange exchange) {
                    learner.add(exchange);
                  }
                });
      }
      known = learner.learned();
      learned = known;
    }
    return known;
  }
}
