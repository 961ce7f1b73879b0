public enum IndexSchema {}
