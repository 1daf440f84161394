// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer.export;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Checks documents against the JSON Schemas under {@code src/test/resources/schema}. */
public final class SchemaCheck {
  private SchemaCheck() {}

  /** Returns what is wrong with a document, nothing when the schema allows it. */
  public static List<String> faults(String schema, String document) {
    return schema(schema).validate(document, InputFormat.JSON).stream()
        .map(Object::toString)
        .toList();
  }

  /** Returns what is wrong with a value by a schema that is given as text. */
  public static List<String> faultsBy(String schemaText, String document) {
    return registry().getSchema(schemaText).validate(document, InputFormat.JSON).stream()
        .map(Object::toString)
        .toList();
  }

  private static SchemaRegistry registry() {
    return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  }

  private static Schema schema(String name) {
    try (InputStream in = SchemaCheck.class.getResourceAsStream("/schema/" + name)) {
      if (in == null) {
        throw new IllegalArgumentException("no schema " + name);
      }
      return registry().getSchema(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
