/// What a shell loads: it asks `trawl` itself for candidates, a line each with a tab before what it stands for.
enum CompletionScript {
    static let bash = #"""
        # Completion of trawl for bash: trawl completions bash > ~/.local/share/bash-completion/completions/trawl
        _trawl() {
            local text=${COMP_LINE:0:COMP_POINT} line candidate
            local cur=${text##*[[:space:]]} kept= breaks=${COMP_WORDBREAKS//[^:=@]/}
            COMPREPLY=()
            # Readline replaces only what stands after the last of its word breaks.
            [ -z "$breaks" ] || kept=${cur%"${cur##*[$breaks]}"}
            while IFS= read -r line; do
                case $line in
                    :files) compopt -o default; return ;;
                    :folders) compopt -o dirnames; return ;;
                esac
                candidate=${line%%$'\t'*}
                case $candidate in *[:=]) compopt -o nospace ;; esac
                candidate=${candidate#"$kept"}
                # Nothing in it is for the shell to obey.
                printf -v candidate %q "$candidate"
                COMPREPLY+=("$candidate")
            done < <("${COMP_WORDS[0]}" completions bash --candidates --line "$text" 2>/dev/null)
        }
        complete -F _trawl trawl
        """#

    static let zsh = #"""
        #compdef trawl
        # Completion of trawl for zsh: trawl completions zsh > ~/.zfunc/_trawl
        _trawl() {
            local line word about
            local -a open closed openAbout closedAbout
            while IFS= read -r line; do
                case $line in
                    :files) _files; return ;;
                    :folders) _files -/; return ;;
                esac
                word=${line%%$'\t'*} about=${line#*$'\t'}
                [[ $about == "$word" || -z $about ]] || about="$word  -- $about"
                [[ -n $about ]] || about=$word
                if [[ $word == *[:=] ]]; then
                    open+=("$word") openAbout+=("$about")
                else
                    closed+=("$word") closedAbout+=("$about")
                fi
            done < <("${words[1]}" completions zsh --candidates -- "${(@Q)words[1,CURRENT]}" 2>/dev/null)
            (( $#open == 0 )) || compadd -S '' -l -d openAbout -a open
            (( $#closed == 0 )) || compadd -l -d closedAbout -a closed
        }
        if [[ $funcstack[1] == _trawl ]]; then
            _trawl "$@"
        elif (( $+functions[compdef] )); then
            compdef _trawl trawl
        fi
        """#

    static let fish = #"""
        # Completion of trawl for fish: trawl completions fish > ~/.config/fish/completions/trawl.fish
        function __trawl_candidates
            set -l words (commandline -opc) (commandline -ct)
            for line in ($words[1] completions fish --candidates -- $words 2>/dev/null)
                switch $line
                    case :files
                        __fish_complete_path (commandline -ct)
                    case :folders
                        __fish_complete_directories (commandline -ct)
                    case '*'
                        printf '%s\n' $line
                end
            end
        end
        complete -c trawl -f -a '(__trawl_candidates)'
        """#
}
