import NIOCore
import Synchronization
import Presentation

/// A request on its way. Shared by the event loop and the thread or task that works on it.
final class RPCCall: Sendable {
    private let cancelled = Atomic<Bool>(false)
    private let answered = Atomic<Bool>(false)
    /// When the answer is of no more use, by the monotonic clock.
    let deadline: NIODeadline

    init(deadline: NIODeadline) { self.deadline = deadline }

    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }
    func cancel() { cancelled.store(true, ordering: .relaxed) }

    /// True for the first who asks: each call is answered once.
    func takeAnswer() -> Bool { !answered.exchange(true, ordering: .relaxed) }

    var isAnswered: Bool { answered.load(ordering: .relaxed) }

    /// Throws where nobody waits for the answer any more.
    func check() throws(RPCError) {
        if isCancelled { throw RPCError(.requestCancelled, "cancelled") }
        if NIODeadline.now() > deadline { throw RPCError(.deadlineExceeded, "took longer than its deadline allows") }
    }

    /// Seconds left.
    var secondsLeft: Double { Double((deadline - NIODeadline.now()).nanoseconds) / 1_000_000_000 }
}

/// One client's connection: cuts lines, keeps many requests in flight, answers each as it finishes.
///
/// Lives on its event loop. What touches the index runs on the readers' threads, a few of one client at a time, so that
/// a client who asks much doesn't keep the others waiting. It reads no further while the client doesn't read, or while
/// too many of its requests wait.
final class RPCConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Octets of a request at most.
    static let longestLine = 1 << 20
    /// Requests of one client that run at once.
    static let mostRunning = 4
    /// Requests of one client that wait to run; beyond, nothing more is read.
    static let mostWaiting = 128
    /// Watches of one client.
    static let mostWatches = 100

    private struct Waiting {
        var request: RPCRequest
        var call: RPCCall
    }

    private let methods: RPCMethods
    private let readers: RPCReaders
    private let jobs: RPCJobs
    private var framer = LineFramer(limit: RPCConnectionHandler.longestLine)
    private var waiting = CircularBuffer<Waiting>()
    private var running = 0
    private var calls: [RPCID: RPCCall] = [:]
    private var longCalls: [RPCCall] = []
    private var isReadPending = false
    private var isInputClosed = false
    private var needsFlush = false
    private var isFlushScheduled = false
    private var watches: [Int: RPCWatch] = [:]
    private var nextWatch = 1
    private var isEvaluatingWatches = false
    private var mustEvaluateWatches = false

    init(methods: RPCMethods, readers: RPCReaders, jobs: RPCJobs) {
        self.methods = methods
        self.readers = readers
        self.jobs = jobs
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        framer.append(&bytes)
        process(context)
    }

    /// The channel asks to read on after each reading; here it is told to wait.
    func read(context: ChannelHandlerContext) {
        if mayTake(context) { context.read() } else { isReadPending = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        goOn(context)
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        for call in calls.values { call.cancel() }
        for entry in waiting { entry.call.cancel() }
        waiting.removeAll()
        jobs.watchesChanged(by: -watches.count)
        watches.removeAll()
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            // A client that has said all it wants still gets its answers.
            isInputClosed = true
            goOn(context)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client that went away mid-answer; nothing is owed to it.
        context.close(promise: nil)
    }

    private func mayTake(_ context: ChannelHandlerContext) -> Bool {
        waiting.count < Self.mostWaiting && context.channel.isWritable
    }

    private func process(_ context: ChannelHandlerContext) {
        while mayTake(context) {
            if let frame = framer.next() ?? (isInputClosed ? framer.finish() : nil) {
                take(frame, context)
            } else {
                break
            }
        }
        startWaiting(context)
    }

    /// After anything that may let more be taken, run or closed.
    private func goOn(_ context: ChannelHandlerContext) {
        process(context)
        if isReadPending, mayTake(context) {
            isReadPending = false
            context.read()
        }
        if mustEvaluateWatches { evaluateWatches(context) }
        if isInputClosed, running == 0, waiting.isEmpty, calls.isEmpty, watches.isEmpty {
            flush(context)
            context.close(promise: nil)
        }
    }

    private func take(_ frame: LineFramer.Frame, _ context: ChannelHandlerContext) {
        switch frame {
        case .tooLong:
            let error = RPCError(.invalidRequest, "a line is longer than \(Self.longestLine) octets")
            write(RPCAnswer.failure(.null, error), context)
        case .line(let line):
            // Blank lines are no requests; people type them.
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { return }
            switch RPCRequest.read(line) {
            case .failure(let fault): write(RPCAnswer.failure(fault.id, fault.error), context)
            case .success(let request): take(request, context)
            }
        }
    }

    private func take(_ request: RPCRequest, _ context: ChannelHandlerContext) {
        switch RPCMethods.Kind(request.method) {
        case .cancel:
            if let id = try? request.params.id("id") { cancel(id, context) }
            if let id = request.id { write(RPCAnswer.success(id) { $0.null() }, context) }
        case .reading, .watch:
            do {
                let call = try begin(request)
                waiting.append(Waiting(request: request, call: call))
            } catch {
                if let id = request.id { write(RPCAnswer.failure(id, error), context) }
            }
        case .unwatch:
            answerUnwatch(request, context)
        case .long:
            do {
                let call = try begin(request)
                startLong(request, call, context)
            } catch {
                if let id = request.id { write(RPCAnswer.failure(id, error), context) }
            }
        case nil:
            guard let id = request.id else { return }
            let hint = NearestName.find(request.method, among: RPCMethods.names).map { "; did you mean \($0)?" } ?? ""
            let message = "no method \(TextForMessage.quoted(request.method))\(hint)"
            write(RPCAnswer.failure(id, RPCError(.methodNotFound, message)), context)
        }
    }

    private func begin(_ request: RPCRequest) throws(RPCError) -> RPCCall {
        let call = RPCCall(deadline: try methods.deadline(for: request))
        if let id = request.id { calls[id] = call }
        return call
    }

    private func cancel(_ id: RPCID, _ context: ChannelHandlerContext) {
        guard let call = calls[id] else { return }
        call.cancel()
        // Reading ends soon and answers itself; what waits or takes long is answered now.
        if longCalls.contains(where: { $0 === call }) {
            finish(id, call, RPCAnswer.failure(id, RPCError(.requestCancelled, "cancelled")), context)
        } else if let index = waiting.firstIndex(where: { $0.call === call }) {
            waiting.remove(at: index)
            finish(id, call, RPCAnswer.failure(id, RPCError(.requestCancelled, "cancelled")), context)
        }
    }

    // MARK: Running

    private func startWaiting(_ context: ChannelHandlerContext) {
        // While the client doesn't read, finished answers would pile up.
        while running < Self.mostRunning, context.channel.isWritable, let next = waiting.popFirst() {
            running += 1
            let methods = methods
            let request = next.request
            let call = next.call
            let isWatch = RPCMethods.Kind(request.method) == .watch
            let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
            let loop = context.eventLoop
            let readers = readers
            readers.submit {
                if isWatch {
                    let result = methods.beginWatch(request, call)
                    loop.execute {
                        let (handler, context) = bound.value
                        handler.finishWatch(request, call, result, context)
                    }
                } else {
                    let answer = methods.answer(request, call, readers)
                    loop.execute {
                        let (handler, context) = bound.value
                        handler.running -= 1
                        handler.finish(request.id, call, answer, context)
                    }
                }
            }
        }
    }

    private func startLong(_ request: RPCRequest, _ call: RPCCall, _ context: ChannelHandlerContext) {
        let methods = methods
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        longCalls.append(call)
        let accepted = jobs.add {
            let answer = await methods.answerLong(request, call)
            loop.execute {
                let (handler, context) = bound.value
                handler.longCalls.removeAll { $0 === call }
                handler.finish(request.id, call, answer, context)
            }
        }
        if !accepted {
            longCalls.removeAll { $0 === call }
            let answer = RPCAnswer.failure(
                request.id ?? .null, RPCError(.operationFailed, "too much is under way, or trawl serve is ending"))
            finish(request.id, call, request.id == nil ? nil : answer, context)
        }
    }

    private func finish(_ id: RPCID?, _ call: RPCCall, _ answer: [UInt8]?, _ context: ChannelHandlerContext) {
        if let id, calls[id] === call { calls[id] = nil }
        if call.takeAnswer(), let answer, context.channel.isActive { write(answer, context) }
        goOn(context)
    }

    // MARK: Watches

    private func finishWatch(
        _ request: RPCRequest, _ call: RPCCall, _ result: Result<RPCWatch, RPCError>, _ context: ChannelHandlerContext
    ) {
        running -= 1
        guard context.channel.isActive else { return }
        switch result {
        case .failure(let error):
            finish(request.id, call, request.id.map { RPCAnswer.failure($0, error) }, context)
        case .success(let watch):
            guard watches.count < Self.mostWatches else {
                let error = RPCError(.invalidRequest, "more than \(Self.mostWatches) watches on one connection")
                finish(request.id, call, request.id.map { RPCAnswer.failure($0, error) }, context)
                return
            }
            let number = nextWatch
            nextWatch += 1
            watches[number] = watch
            jobs.watchesChanged(by: 1)
            let answer = request.id.map { id in
                RPCAnswer.success(id) { json in
                    json.beginObject()
                    json.key("watch")
                    json.integer(number)
                    json.key("state")
                    json.string(watch.state)
                    json.endObject()
                }
            }
            // What came between the state that was asked for and now.
            mustEvaluateWatches = true
            finish(request.id, call, answer, context)
        }
    }

    private func answerUnwatch(_ request: RPCRequest, _ context: ChannelHandlerContext) {
        let answer: [UInt8]
        let id = request.id ?? .null
        do throws(RPCError) {
            try request.params.check(known: ["watch"])
            guard let number = try request.params.integer("watch", in: 1...Int.max) else {
                throw RPCError(.invalidParams, "watch is missing")
            }
            guard watches.removeValue(forKey: number) != nil else {
                throw RPCError(.notFound, "no watch \(number) on this connection")
            }
            jobs.watchesChanged(by: -1)
            answer = RPCAnswer.success(id) { json in
                json.beginObject()
                json.endObject()
            }
        } catch {
            answer = RPCAnswer.failure(id, error)
        }
        if request.id != nil { write(answer, context) }
    }

    /// The index has changed, or may have.
    func indexChanged(_ context: ChannelHandlerContext) {
        guard !watches.isEmpty else { return }
        mustEvaluateWatches = true
        evaluateWatches(context)
    }

    private func evaluateWatches(_ context: ChannelHandlerContext) {
        // A client that doesn't read gets what it missed when it does: the state tells from where.
        guard !isEvaluatingWatches, !watches.isEmpty, context.channel.isWritable, context.channel.isActive else {
            return
        }
        isEvaluatingWatches = true
        mustEvaluateWatches = false
        let methods = methods
        let current = watches
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let loop = context.eventLoop
        readers.submit {
            var evaluated: [Int: RPCWatch.Evaluation] = [:]
            for (number, watch) in current { evaluated[number] = methods.evaluate(watch, number: number) }
            let results = evaluated
            loop.execute {
                let (handler, context) = bound.value
                handler.deliver(results, context)
            }
        }
    }

    private func deliver(_ results: [Int: RPCWatch.Evaluation], _ context: ChannelHandlerContext) {
        isEvaluatingWatches = false
        guard context.channel.isActive else { return }
        for (number, result) in results.sorted(by: { $0.key < $1.key }) where watches[number] != nil {
            watches[number] = result.watch
            for line in result.notifications { write(line, context) }
            if result.hasMore { mustEvaluateWatches = true }
        }
        goOn(context)
    }

    // MARK: Writing

    private func write(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: bytes.count)
        buffer.writeBytes(bytes)
        context.write(wrapOutboundOut(buffer), promise: nil)
        needsFlush = true
        guard !isFlushScheduled else { return }
        // Answers that finish together leave together.
        isFlushScheduled = true
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.eventLoop.execute {
            let (handler, context) = bound.value
            handler.isFlushScheduled = false
            handler.flush(context)
        }
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard needsFlush else { return }
        needsFlush = false
        context.flush()
    }
}
