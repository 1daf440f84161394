// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.Exchange;
import dev.tapedeck.analyzer.redact.ExchangeMasker;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether what a command writes may hold secrets; confined to one thread. */
final class SecretsOption {
  @Option(names = "--include-secrets", description = "Mask nothing.")
  private boolean included;

  private @Nullable ExchangeMasker masker;

  /** Returns whether nothing is masked. */
  boolean included() {
    return included;
  }

  /** Returns an exchange as the command may show it: masked by the default rules, or as it is. */
  Exchange view(Exchange exchange) {
    ExchangeMasker known = masker;
    if (known == null) {
      known = ExchangeMasker.unless(included);
      masker = known;
    }
    return known.mask(exchange);
  }
}
