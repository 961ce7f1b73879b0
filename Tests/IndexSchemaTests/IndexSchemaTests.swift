import IndexSchema
import Testing

@Suite("Index schema")
struct IndexSchemaTests {
    @Test("migrations are named in the order in which they are applied")
    func order() {
        let names = IndexSchema.migrations.map(\.name)
        #expect(names == IndexSchema.names)
        #expect(names == names.sorted())
        #expect(Set(names).count == names.count)
        #expect(names.first == "v001-messages")
    }

    @Test("every migration holds a script of its own, told in prose")
    func scripts() {
        for migration in IndexSchema.migrations {
            #expect(migration.sql.hasPrefix("-- "), "\(migration.name)")
            let statements = migration.sql.split(separator: "\n").filter { !$0.hasPrefix("--") }
            #expect(statements.contains { $0.hasSuffix(";") }, "\(migration.name)")
        }
        #expect(Set(IndexSchema.migrations.map(\.sql)).count == IndexSchema.names.count)
    }
}
