// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.cli;

import dev.tapedeck.analyzer.endpoint.EndpointLearner;
import dev.tapedeck.analyzer.export.openapi.OpenApiBuilder;
import dev.tapedeck.analyzer.redact.ExchangeMasker;
import dev.tapedeck.analyzer.terminal.Human;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Exports what was seen of an API. */
@Command(
    name = "openapi",
    description = {
      "Writes an OpenAPI 3.1 document inferred from the exchanges: path templates, parameters,"
          + " schemas of bodies merged over all of them, security schemes, examples.",
      "Secrets are masked by the default rules unless --include-secrets is given."
    },
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    footer = {
      "",
      "Examples:",
      "  analyzer export openapi orders.tape --filter 'host == \"shop.example\"' -o shop.json"
    })
final class ExportOpenApiCommand implements Callable<Integer> {
  private final AnalyzerCommand root;

  @Mixin private SourceOptions source = new SourceOptions();
  @Mixin private FilterOptions filter = new FilterOptions();
  @Mixin private ExportOutput output = new ExportOutput();
  @Mixin private SecretsOption secrets = new SecretsOption();

  ExportOpenApiCommand(AnalyzerCommand root) {
    this.root = root;
  }

  @Override
  public Integer call() throws IOException {
    return output.write(root, source.files(), this::export);
  }

  private ExportOutput.Written export(OutputStream out) throws IOException {
    EndpointLearner learner = new EndpointLearner();
    SessionSource.silent(root, source)
        .read(
            (capture, exchange) -> {
              learner.add(secrets.view(exchange));
              return true;
            });
    OpenApiBuilder document =
        new OpenApiBuilder(learner.learned(), ExchangeMasker.unless(secrets.included()));
    SessionSource second = new SessionSource(root, source, filter, true);
    int code = second.readMeant((capture, exchange) -> document.add(exchange));
    document.write(out);
    if (document.leftOut() > 0) {
      root.warn(
          "warning: "
              + Human.count(document.leftOut(), "exchange")
              + " left out: without a request, or with one that OpenAPI has no place for");
    }
    return new ExportOutput.Written(code, second.handedOver() - document.leftOut(), "exchange");
  }
}
