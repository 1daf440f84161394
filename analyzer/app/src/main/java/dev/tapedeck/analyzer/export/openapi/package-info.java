// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/** Infers an OpenAPI 3.1 document from observed exchanges. */
@NullMarked
package dev.tapedeck.analyzer.export.openapi;

import org.jspecify.annotations.NullMarked;
