"""Classes of words by which a learning statement is read: what changes something, what only wishes, who acts, what is
when.

Each list names a kind of word; none of them decides anything. What a class is worth is trained, and kept in
statement_weights.json.
"""


def words(text: str) -> frozenset[str]:
    """Each word of a text once."""
    return frozenset(text.split())


def _verbs(text: str) -> frozenset[str]:
    """The verbs in each of their regular forms."""
    return frozenset(form for verb in text.split() for form in _forms(verb))


def _forms(verb: str) -> tuple[str, ...]:
    base = verb[:-1] if verb.endswith("e") and not verb.endswith("ee") else verb
    if verb.endswith("y") and verb[-2] not in "aeo":
        return verb, f"{verb[:-1]}ies", f"{verb[:-1]}ied", f"{verb}ing"
    third = f"{verb}es" if verb.endswith(("s", "sh", "ch", "x", "z")) else f"{verb}s"
    twice = base + base[-1]
    return verb, third, f"{base}ed", f"{base}ing", f"{twice}ed", f"{twice}ing"


# What somebody can see done: an object is there afterwards, gone, or different.
CHANGES = _verbs("""
add write create build configure set cap limit move delete remove rename replace rotate block reject require refuse
split lower raise pin alert page publish install enable disable update change schedule store copy migrate switch turn
restore record verify validate send list put upgrade expose cut order print mount label stick plug unplug swap flash
roll grant issue revoke withdraw relocate merge insert append amend extend correct route cable recable rewire patch
wire lock unlock tag rewrite shorten trim drop bump reduce double halve allow permit deny forbid attach hire buy
purchase renew sign staple laminate hang introduce appoint nominate assign close open disconnect connect deploy export
import encrypt archive purge drain throttle automate document fill carry divert deactivate activate register
decommission retire isolate separate segregate duplicate mirror replicate serialise serialize persist seal escalate
subscribe enrol enroll load ship hand adopt prepare draft define specify state name mask redact filter silence mute
hide show display reset reboot restart stop start abort cancel resize scale expand shrink format sort charge cover
cache queue retry bind bundle bypass pause hold keep give get make fit post pre-record translate revert enter tick
announce book reserve recruit relabel rebuild reconnect exclude include narrow widen inject rollback rehearse exercise
drill run measure count compare detect check test call ring phone mail text forward notify
""") | words("""
built sent wrote written bought gave given got gets ran hung cut put set reset rewrote rewritten rebuilt made kept
held withdrawn drawn shut told bound
""")
# What nobody can see done: wishes, attitudes, and work whose outcome is open.
INTENTIONS = _verbs("""
improve enhance strengthen optimise optimize consider ensure promote encourage foster clarify communicate cooperate
collaborate coordinate investigate explore evaluate assess analyse analyze revisit rethink reconsider discuss debate
talk speak think try aim strive seek look focus care learn remember respect adhere follow understand embrace leverage
address tackle prioritise prioritize align sensitise sensitize remind harden streamline modernise modernize mature
avoid prevent handle manage support help commit reflect review monitor listen rely trust challenge question tune work
react respond behave act plan prepare anticipate expect appreciate acknowledge recognise recognize admit agree want
wish hope deserve worry stay remain become keep continue maintain increase raise share involve engage empower enable
simplify rationalise harmonise standardise professionalise own drive study examine research sort resolve solve
""") | words("thought thinking understood sought kept taken took take takes taking paid pay pays paying")
# Judgements, and comparisons with nothing.
JUDGEMENTS = words("""
good better best bad worse worst poor poorly well nice great excellent amazing outstanding fantastic brilliant super
careful carefully careless proactive proactively vigilant aware mindful robust resilient stable reliable clear clearer
clearly important critical crucial essential vital timely appropriate appropriately proper properly adequate
adequately sufficient sufficiently thorough thoroughly consistent consistently effective effectively efficient
efficiently fast faster quick quicker quickly slow slower early earlier soon sooner later close closer closely tight
tighter loose strong stronger weak weaker smooth smoother easy easier simple simpler hard harder difficult serious
seriously attentive attentively disciplined diligent diligently transparent transparently structured professional
professionally holistic holistically strategic strategically sustainable sustainably modern continuous continuously
constant constantly regular regularly honest honestly openly calm fair optimal suboptimal perfect completely fully
possible necessary needed useful helpful beneficial frustrating painful embarrassing unacceptable unfortunate
unfortunately lucky luckily happy sad proud tired confident comfortable safe safer flexible agile lean pragmatic
realistic meaningful mature responsible responsibly flawless many lot lots much more less enough too very really even
quite rather always never often sometimes generally overall broadly further greater higher extra additional increased
improved enhanced enhance smart smarter wise wisely sensible healthy extremely heavy heavily deeply deeper strongly
strictly rigorous rigorously best-practice user-friendly production-like
""")
ABSTRACTIONS = words("""
communication communications awareness culture quality process processes procedure procedures collaboration
cooperation coordination teamwork transparency visibility discipline attention vigilance caution care diligence rigour
rigor responsibility responsibilities accountability ownership commitment mindset attitude spirit morale motivation
trust confidence empathy effort efforts focus priority priorities importance complexity risk risks dependency
dependencies resilience robustness reliability stability availability performance efficiency effectiveness security
safety governance compliance management planning preparation preparedness readiness maturity capability capabilities
knowledge understanding skills expertise competence training learning lessons lesson improvement improvements
improvment improvments progress success failure mistake mistakes error errors problem problems issue issues topic
topics matter situation situations circumstances circumstance challenge challenges opportunity opportunities potential
approach strategy vision goal goals target objective objectives standard standards practice practices principle
principles guideline guidelines methodology framework way ways direction step steps measures action actions option
options solution solutions concept idea ideas overview picture perspective insight insights experience experiences
feedback expectations expectation needs need demand demands support help assistance relationship relationships
partnership synergy alignment consistency continuity recovery response reaction behaviour behavior handling monitoring
observability alerting logging testing documentation automation architecture infrastructure environment landscape
setup set-up design capacity resources staffing staff pressure stress workload speed time times moment future past
today everything something anything nothing things thing stuff kind sort point points areas area aspects aspect factor
factors reason reasons cause causes outage outages incident incidents event events debt technology tech tools tooling
system systems service services handover handovers escalation escalations departments silos leadership engagement
involvement
""")
# Things that one can point at.
THINGS = words("""
runbook runbooks step checklist field form forms page template templates script job cron table column index flag
button dashboard panel key keys cable port cert certificate number phone hotline line list card cards label sticker
sign rule rules gate pipeline config timeout timeouts retry retries threshold alert alerts alarm alarms pager replica
node nodes cluster host hosts server servers switch router firewall queue topic message messages bucket volume disk
partition record records account accounts password token secret secrets vault role permission group mailbox channel
bridge ticket tickets category entry document paragraph section chapter appendix annex contract clause sla report
calendar rota roster schedule shift desk door cabinet cage rack room building drawer safe envelope sheet paper binder
folder file files drive printer scanner tablet radio laptop monitor screen display lamp sensor pump valve battery
generator feed pdu ups fuse badge poster stub mock test tests check checks probe query schema migration release
version branch tag image container pod namespace deployment manifest policy quota limit pool connection connections
session cache ttl dns domain zone subnet vlan route prefix peer circuit uplink link backup backups snapshot restore
export import interface api endpoint client proxy gateway balancer webhook plugin library package driver firmware bios
parameter setting variable value default timer counter metric log logs stamp banner header prompt warning sms mail
email letter announcement notice recording ivr website wiki intranet portal app spare stock seat licence license copy
copies inventory cmdb register matrix tree diagram map plan drill exercise game workshop minutes checksum hash
signature approval approver reviewer deputy standby contact scribe rotation rotations station stations consumer
consumers push pushes
""")
# Who speaks of all speaks of nobody.
EVERYBODY = words("""
we us our ours everyone everybody people all anyone anybody nobody somebody someone i you they it colleagues
participants employees stakeholders users engineers staff teams departments both each
""")
HEDGES = words("""
maybe perhaps possibly probably somehow hopefully ideally might could would should may think believe guess feel felt
feels seems seemed seem some kind sort bit wish hope wonder honestly frankly please pls lets let's let consider
considering whether if
""")
PRAISE = words("""
thanks thank kudos great good amazing outstanding excellent brilliant hats fantastic super praise congratulations
bravo lucky luck spirit teamwork heroes hero
""")
PAST = words("""
was were had did didn't wasn't weren't hadn't took came went felt knew thought saw led made found lost got gave became
ran broke fell stood kept said told wanted stayed couldn't couldnt didnt wasnt forgot hit held
""")
# What happened, in the past tense alone: nobody plans to have "tripped".
HAPPENED = words("""
happened occurred lasted affected caused failed tripped crashed showed realised realized noticed reached resulted
received experienced observed delayed waited suffered underestimated appeared seemed worked struggled existed needed
identified discovered triggered impacted complained propagated
""")
MODALS = words(
    "should must need needs needed could would shall will has have can may might ought cannot can't"
)
BEING = words("is are be been being was were am gets get got become becomes")
NEGATIONS = words(
    "not no never don't dont doesn't doesnt didn't won't can't cannot isn't nobody nothing none without"
)

# The last word of whoever may act: people by what they do, and bodies of them.
ACTORS = words("""
team teams squad squads desk guild crew group office dept dept. department board lead leads leader leaders manager
managers mgr mgrs mgmt management owner owners engineer engineers eng admin admins administrator administrators dev
devs developer developers architect architects director directors head chief officer officers operator operators
analyst analysts coordinator coordinators commander scribe responder responders dba dbas sre sres noc soc cab pmo qa
secops netops devops sysops finops mlops dataops occ sysadmin sysadmins hr legal finance procurement purchasing
facilities facility logistics logistic compliance security operations ops support vendor vendors supplier suppliers
provider hoster carrier contractor contractors partner representative rep specialist specialists technician
technicians tester testers nurse nurses clerk clerks supervisor supervisors foreman foremen guard dispatcher
dispatchers dispatch centre center committee council steward stewards trainer trainers chapter tribe vp cio cto ciso
coo cfo ceo dpo pki iam staff shift planner planners programmer programmers sysprog consultant consultants agent
agents master masters electricians electrician mechanics plumber doctor doctors pharmacist pharmacy librarian
secretary secretaries teacher principal dean warden captain pilot controller controllers auditor auditors buyer buyers
editor editors designer designers scientist scientists researcher executive executives mim trl on-call oncall duty
helpdesk servicedesk networking engineering communications comms marketing sales estates collections catering
housekeeping treasury payroll accounting controlling registry registrar workplace virtualization virtualisation
firefighters custodian deputy inspector liaison marshal maintainer maintainers moderator unit division bureau groups
fitters riggers porter porters matron ward branch institute authority agency union service-desk service-owner guys
folks lads sysop basis middleware telephony telecom wifi
""")
# Bodies that are named like what they do or give, so that the word alone says little.
FIELDS_THAT_ACT = words("""
management mgmt security operations ops support communications comms compliance finance legal logistics logistic
procurement purchasing facilities facility engineering networking marketing sales estates accounting controlling
telephony telecom wifi middleware basis hr qa pki iam payroll treasury registry catering maintenance dispatch centre
center on-call oncall duty shift ward staff virtualization virtualisation workplace
""")
OUTSIDERS = words(
    "vendor vendors supplier suppliers provider hoster carrier contractor contractors partner agents agent"
)
# The same of those that are more often something else, or of a single trade.
OTHER_ACTORS = words("""
ministry directorate cttee chair chairman chairwoman chairperson convenor convener secretariat line lines workshop
brigade corps cell function workstream people police hospital school company firm subcommittee taskforce panel
audit integrator integrators forecaster forecasters manufacturer manufacturers installer installers janitor concierge
caretaker cashier cashiers receptionist receptionists approver approvers reviewer reviewers facilitator presenter
l1 l2 l3 tier rota-holder keeper keepers minister mayor rector registrar surveyor surveyors
""")
# Words that end as those do who act, and are no people.
NO_DOERS = words("""
after later other others under over never ever rather another whether order orders paper number numbers power server
servers timer timers counter counters printer printers router routers driver drivers customer customers user users
parameter parameters computer computers error errors monitor monitors mirror vector factor factors door floor colour
color sensor sensors transfer transfers trigger triggers buffer folder folders water summer winter quarter september
october november december letter letters matter former further better faster slower earlier cheaper clearer container
containers cluster clusters header headers filter filters cover answer answers offer offers consumer consumers producer
producers together however either neither for or nor major minor prior senior junior superior inferior interior exterior
poster posters sticker stickers register registers master cursor connector connectors adapter adapters controller
controllers scheduler schedulers worker workers balancer helper wrapper parser loader exporter exporters importer
listener listeners handler handlers reader readers broker brokers tower towers tracker trackers banner chapter center
centre meter meters beer dinner lunch river weather paperwork newspaper sensor reminder reminders handover takeover
failover rollover cutover changeover layer layers pointer identifier identifiers tanker freezer shutter boiler lighter
passenger passengers visitor visitors caller callers player players
""")
# What stands before the last word, or alone in a note: "(storage)", "Platform / 15.06."
FIELDS = words("""
platform network networks storage database databases data backend frontend mobile web app apps application
applications integration payments payment billing checkout infra infrastructure cloud linux windows unix mainframe
desktop client product release change incident problem service services vendor quality identity access iam pki
security compliance finance facilities warehouse retail store stores shop clinical medical nursing lab radiology
crisis corporate maintenance operations ops communications legal risk privacy procurement logistics transport flight
crew ground ramp production manufacturing plant site field customer care call core monitoring observability
performance capacity backup recovery continuity messaging middleware telephony voice hosting virtualization automation
tooling build test it hr control trading market markets retail pos channel fleet depot airport cabin signalling fraud
claims underwriting pricing content editorial newsroom reception theatre admissions enrolment grid metering energy water
rail track fleet schools
""")
DETERMINERS = words(
    "the a an our their its his her this that these those each every all any some no both my your"
)
PREPOSITIONS = words("""
for with to of from in on at by between among within about against toward towards into onto via per over under through
behind beside near without across after before until till than as
""")
# Who is told, asked or given is not the one who acts.
DEALING = words("""
tell tells told ask asks asked inform informs informed notify notifies notified remind reminds reminded page pages
paged call calls called give gives given train trains trained involve involves contact contacts send sends mail mails
let lets help helps invite invites warn warns alert alerts phone phones bother allow allows pay pays
""")
# What is planned for one time, so that "before the freeze" says when.
OCCASIONS = words("""
season freeze release go-live golive audit launch rollout roll-out peak holiday holidays christmas xmas easter ramadan
diwali thanksgiving year newyear meeting review sprint renewal contract window shutdown iteration summer winter spring
autumn fall weekend semester term campaign sale migration cutover move upgrade election exam exams deadline budget
conference kickoff anniversary visit inspection certification handover opening timetable roster rotation cycle
milestone drill exercise match game festival half-year halfyear quarter month week fair singles friday monday version
planning stock-take stocktake inventory close closing
""")

# The classes of a word, the first of which says best what it is.
_CLASSES = (
    ("praise", PRAISE),
    ("hedge", HEDGES),
    ("modal", MODALS),
    ("everybody", EVERYBODY),
    ("past", PAST),
    ("being", BEING),
    ("not", NEGATIONS),
    ("judgement", JUDGEMENTS),
    ("intention", INTENTIONS),
    ("thing", THINGS),
    ("abstraction", ABSTRACTIONS),
    ("change", CHANGES),
    ("dealing", DEALING),
    ("actor", ACTORS),
    ("determiner", DETERMINERS),
    ("preposition", PREPOSITIONS),
)
CLASSES_OF = {
    word: tuple(name for name, members in _CLASSES if word in members)
    for word in frozenset().union(*(members for _, members in _CLASSES))
}
# What says nothing about what changes.
EMPTY = frozenset().union(
    JUDGEMENTS,
    INTENTIONS,
    ABSTRACTIONS,
    EVERYBODY,
    HEDGES,
    PRAISE,
    PAST,
    MODALS,
    BEING,
    NEGATIONS,
    DETERMINERS,
    PREPOSITIONS,
)
_THEMSELVES = words("^ to of with for from in and if when not no more")


def kind_of(word: str) -> str:
    """What a word is, for what stands beside what: itself, a class, or a shape."""
    if word in _THEMSELVES or word.startswith("<"):
        return word
    if word in CLASSES_OF:
        return CLASSES_OF[word][0]
    return next((ending for ending in ("ed", "ing", "ly") if word.endswith(ending)), "other")
