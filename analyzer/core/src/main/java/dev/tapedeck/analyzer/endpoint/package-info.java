// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
/**
 * Path templates such as {@code /orders/{id}}, inferred from observed requests. {@link
 * dev.tapedeck.analyzer.endpoint.EndpointLearner} is where to begin.
 */
@NullMarked
package dev.tapedeck.analyzer.endpoint;

import org.jspecify.annotations.NullMarked;
