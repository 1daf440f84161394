// SPDX-FileCopyrightText: The Tapedeck authors
// SPDX-License-Identifier: Apache-2.0
module tapedeck.dev/samples/h2c-server

go 1.19

require golang.org/x/net v0.33.0

require golang.org/x/text v0.21.0 // indirect
