import NIOCore

extension ConnectionStateMachine {
    /// Sends what may be sent now.
    mutating func sendQueued(now: MonotonicTime) {
        while let next = queue.first, !isClosed, awaitsTLS == nil, state != .awaitingGreeting {
            guard inFlight.count < max(1, configuration.pipelineDepth) else { return }
            for command in inFlight {
                guard !command.awaitsContinuation, command.pipelining.allows(next.pipelining) else { return }
            }
            queue.removeFirst()
            send(next, now: now)
        }
    }

    mutating func send(_ command: PendingCommand, now: MonotonicTime) {
        var command = command
        command.tag = makeTag()
        var initialResponse: [UInt8]?
        do {
            if command.mechanism != nil, capabilities?.offers(.saslIR) == true {
                initialResponse = try command.mechanism?.initialResponse()
                command.sentInitialResponse = initialResponse != nil
            }
            let isUTF8 = parser.mailboxEncoding == .utf8
            let encoder = CommandEncoder(options: EncodingOptions(capabilities ?? CapabilitySet(), utf8: isUTF8))
            let encoded = try encoder.encode(command.command, tag: command.tag, initialResponse: initialResponse)
            command.waiting = encoded.segments.dropFirst()
            if let first = encoded.segments.first { actions.append(.send(first)) }
        } catch {
            actions.append(.complete(command.id, .failed(error)))
            return
        }
        if command.command.selectsMailbox, case .selected = state {
            awaitsClosed = enabled.contains(.qResync) || enabled.contains(.imap4rev2)
        }
        inFlight.append(command)
        noteActivity(now: now)
    }

    // MARK: Continuations

    mutating func receiveContinuation(_ raw: ByteBuffer, now: MonotonicTime) {
        guard let index = inFlight.firstIndex(where: \.awaitsContinuation) else {
            // Nobody waits: a server that answers a non-synchronizing literal, or `+` for DONE.
            actions.append(.event(.skipped(SkippedText(.unknownItem, item: "+", length: raw.readableBytes))))
            return
        }
        if let segment = inFlight[index].waiting.popFirst() {
            actions.append(.send(segment))
        } else if inFlight[index].mechanism != nil {
            authenticate(index, challenge: raw)
        } else {
            inFlight[index].idle = .idling
            inFlight[index].idlingSince = now
            actions.append(.idling(inFlight[index].id))
            if inFlight[index].endsIdleAtOnce || !queue.isEmpty {
                inFlight[index].reissues = false
                endIdle(index, now: now)
            }
        }
    }

    private mutating func authenticate(_ index: Int, challenge raw: ByteBuffer) {
        guard inFlight[index].failure == nil else { return cancelAuthentication() }
        do {
            guard let challenge = Base64.decode(raw.readableBytesView) else {
                throw IMAPCoreError(.malformedChallenge, "the server's challenge is no base64")
            }
            var response: [UInt8]?
            if !inFlight[index].sentInitialResponse {
                inFlight[index].sentInitialResponse = true
                response = try inFlight[index].mechanism?.initialResponse()
            }
            if response == nil { response = try inFlight[index].mechanism?.respond(to: challenge) }
            var line = ByteBuffer(bytes: Base64.encode(response ?? []))
            line.writeStaticString("\r\n")
            actions.append(.send(line))
        } catch let error as IMAPCoreError {
            inFlight[index].failure = error
            cancelAuthentication()
        } catch {
            inFlight[index].failure = IMAPCoreError(.malformedChallenge, "the exchange failed", underlying: error)
            cancelAuthentication()
        }
    }

    private mutating func cancelAuthentication() {
        actions.append(.send(ByteBuffer(string: "*\r\n")))
    }

    // MARK: Tagged responses

    mutating func receiveTagged(_ tag: String, _ status: CommandStatus, _ text: ResponseText, now: MonotonicTime) {
        alert(text)
        guard let index = inFlight.firstIndex(where: { $0.tag == tag }) else {
            // Some servers answer what they could not read with a tag of their own making, such as `*` or `BAD`.
            actions.append(.event(.skipped(SkippedText(.unknownItem, item: "tag", length: 0))))
            return
        }
        var command = inFlight.remove(at: index)
        if case .capability(let set) = text.code {
            tell(set)
            command.toldCapabilities = true
        }
        if command.idle != .none { return finishIdle(command, status, text, now: now) }
        if let failure = command.failure {
            if status == .ok { return closeAsNotAuthentic(command, failure) }
            actions.append(.complete(command.id, .failed(failure)))
            return
        }
        switch status {
        case .ok:
            succeed(command, text)
        case .no:
            fail(command)
            actions.append(.complete(command.id, .no(text)))
        case .bad:
            fail(command)
            actions.append(.complete(command.id, .bad(text)))
        }
    }

    private mutating func finishIdle(
        _ command: PendingCommand, _ status: CommandStatus, _ text: ResponseText, now: MonotonicTime
    ) {
        if status == .ok, command.idle == .ending, command.reissues, queue.isEmpty {
            var again = PendingCommand(id: command.id, command: command.command)
            again.reissues = true
            return send(again, now: now)
        }
        actions.append(.complete(command.id, outcome(status, text)))
    }

    private func outcome(_ status: CommandStatus, _ text: ResponseText) -> CommandOutcome {
        switch status {
        case .ok: .ok(text)
        case .no: .no(text)
        case .bad: .bad(text)
        }
    }

    private mutating func closeAsNotAuthentic(_ command: PendingCommand, _ failure: IMAPCoreError) {
        actions.append(.complete(command.id, .failed(failure)))
        close(.serverNotAuthentic)
    }

    private mutating func succeed(_ command: PendingCommand, _ text: ResponseText) {
        switch command.command {
        case .startTLS:
            awaitsTLS = command.id
            actions.append(.startTLS)
            return
        case .compressDeflate:
            actions.append(.startCompression)
        case .login:
            state = .authenticated
            if !command.toldCapabilities { capabilities = nil }
        case .authenticate:
            do {
                try command.mechanism?.verifyOutcome()
            } catch {
                return closeAsNotAuthentic(command, error)
            }
            state = .authenticated
            if !command.toldCapabilities { capabilities = nil }
        case .select(let name, _):
            awaitsClosed = false
            state = .selected(name, readOnly: text.code == .readOnly)
        case .examine(let name, _):
            awaitsClosed = false
            state = .selected(name, readOnly: true)
        case .close, .unselect:
            state = .authenticated
        case .logout:
            actions.append(.complete(command.id, .ok(text)))
            return close(.loggedOut)
        case .capability, .noop, .id, .enable, .namespace, .create, .delete, .rename, .subscribe, .unsubscribe, .list,
            .lsub, .status, .append, .notify, .idle, .check, .expunge, .uidExpunge, .uidFetch, .fetch, .uidSearch,
            .uidStore, .uidCopy, .uidMove, .raw:
            break
        }
        actions.append(.complete(command.id, .ok(text)))
    }

    private mutating func fail(_ command: PendingCommand) {
        guard command.command.selectsMailbox else { return }
        // RFC 9051, 6.3.2: a SELECT that fails leaves no mailbox selected.
        awaitsClosed = false
        if case .selected = state { state = .authenticated }
    }
}
