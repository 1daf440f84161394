// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
package dev.tapedeck.analyzer;

import dev.tapedeck.format.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy said of a connection before its first byte (PROXY protocol): whose connection it
 * hands on.
 *
 * @param version 1 or 2
 * @param client the end that connected to the proxy; null when it did not say
 * @param server where that end had connected to; null when it did not say
 */
public record ProxyHeader(int version, @Nullable Endpoint client, @Nullable Endpoint server) {}
