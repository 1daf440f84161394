// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.text.SafeText;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says which commands there are when an argument stands where one of them is expected. */
final class UnknownCommand {
  private UnknownCommand() {}

  /** Returns the line that says so, null when the arguments are wrong in another way. */
  static @Nullable String describe(ParameterException failure) {
    if (!(failure instanceof UnmatchedArgumentException unmatched)
        || unmatched.getUnmatched().isEmpty()) {
      return null;
    }
    String argument = unmatched.getUnmatched().get(0);
    CommandLine group = failure.getCommandLine();
    String known =
        group.getSubcommands().values().stream()
            .map(CommandLine::getCommandSpec)
            .filter(command -> !command.usageMessage().hidden())
            .map(CommandSpec::name)
            .distinct()
            .collect(Collectors.joining(", "));
    if (known.isEmpty() || argument.startsWith("-")) {
      return null;
    }
    return "unknown command '"
        + SafeText.escape(argument)
        + "': one of "
        + known
        + "; see "
        + group.getCommandSpec().qualifiedName()
        + " --help";
  }
}
