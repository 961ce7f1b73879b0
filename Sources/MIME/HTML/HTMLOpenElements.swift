/// The open elements that matter: those that changed something, and those of the same name within them.
struct HTMLOpenElements {
    /// What an element's edges do to the text around it.
    enum Edge: UInt8 {
        case none, space, tab, line, emptyLine
    }

    struct Element {
        var tag: HTMLTag
        /// What its end tag does.
        var edge: Edge
        var stateBefore: HTMLStyle.State
        var quoteDepthBefore: Int
        var listBefore: List
    }

    /// The list that items belong to.
    struct List {
        /// The last item's number; nil in a list without numbers.
        var number: Int?
        var isUnmarked = false
    }

    private(set) var stack: [Element] = []
    private var counts = Array(repeating: 0, count: HTMLTag.count)
    var state: HTMLStyle.State = []
    var list = List()

    func isOpen(_ tag: HTMLTag) -> Bool { counts[Int(tag.rawValue)] > 0 }

    /// Whether there is room for one more; what does not fit is not told apart.
    var isDeep: Bool { stack.count >= HTMLText.depthLimit }

    mutating func push(_ element: Element) {
        guard !isDeep else { return }
        stack.append(element)
        counts[Int(element.tag.rawValue)] += 1
    }

    /// Takes the innermost element off, and its state with it.
    mutating func pop() -> Element? {
        guard let element = stack.popLast() else { return nil }
        counts[Int(element.tag.rawValue)] -= 1
        state = element.stateBefore
        list = element.listBefore
        return element
    }

    /// How many elements must be taken off to close the innermost `tag`; nil where a barrier stands between.
    func distance(to tag: HTMLTag, stoppingAt isBarrier: (HTMLTag) -> Bool) -> Int? {
        guard isOpen(tag) else { return nil }
        var index = stack.count
        while index > 0 {
            index -= 1
            if stack[index].tag == tag { return stack.count - index }
            if isBarrier(stack[index].tag) { return nil }
        }
        return nil
    }
}
