"""The words by which names of persons are told from roles, systems, products and ordinary language.

All words are folded: lower case, without diacritics. A word that is in none of these lists proves nothing.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Given names that are hardly ever anything else in English prose about systems.
GIVEN_NAMES = _words("""
aaron abdul abdullah abigail adam adrian agnes agnieszka ahmed aisha akira alan albert aleksandra alessandro
alex alexander alexandra alexis alfred ali alice alicia alina alison allison amanda amelia amina amir amit
amy ana anastasia anders andre andrea andreas andrei andrew andrey andrzej andy angela anil anita anja
anjali ann anna anne annika anthony antoine anton antonio anya ariel arjun arnold arthur artur arun asha
ashley astrid axel ayesha barbara bartosz beatrice ben benjamin bernard bernd beth betty bianca birgit bjorn
bob boris brad brandon brenda brian bridget bruce bruno camille carl carla carlos carmen carol caroline
catherine cecilia charles charlie charlotte chen chiara chloe chris christian christina christine
christopher claire clara claudia colin connor craig cristina cynthia dan daniel daniela daniele danielle
dave david deborah deepak denise dennis derek diana diego dieter dimitri dmitri dmitry dominik donald donna
doris dorothy doug douglas eduardo edward ekaterina elena eleanor eli elias elizabeth ella ellen emil emilia
emily emma enrique eric erica erik erika ethan eugene eva evelyn fatima felix fernando filip fiona florian
frances francesca francesco francois frank franz frederik friedrich gabriel gareth gary georg george georgia
gerald gerhard giovanni gisela giulia giuseppe gonzalo greg gregory greta guillaume gunther gustav hamza
hana hanna hannah hans harald harry hassan heather heidi heinz helen helena helga henrik henry hiroshi
howard hugo ian ibrahim igor ines ingrid irene irina isaac isabel isabella ivan jacek jack jacob jacqueline
jacques jakob jakub james jamie jan jane janet jason javier jean jeff jeffrey jennifer jens jeremy jerome
jerry jessica jim joan joanna jochen joe joel johan johann johanna john johnny jonas jonathan jorge jose
josef joseph joshua juan juergen julian julie julien jurgen justin kamil karen karin karl kate katarzyna
katharina katherine kathleen katie katja katrin keith kelly ken kenji kenneth kevin khalid kim klaus
krzysztof kumar kurt kyle lars laszlo laura lauren laurent lea leah lena leo leon leonardo lev liam lidia
lily linda lisa liu lorenzo louis louise luca lucas lucia lucy luis luisa lukas luke lydia maciej magdalena
magnus malik manuel marcel marcin marco marcus marek margaret maria marian marie marina mario marion marius
markus marta martha martin martina mary mateusz matteo matthew matthias maurice max maximilian maya megan
mehmet mei melanie melissa michael michal michel michelle miguel mika mikael mike mikhail milan mina miriam
mohamed mohammad mohammed monica monika morgan muhammad mustafa nadia nadine nancy naomi natalia natalie
natasha nathan neha neil nicholas nick nicola nicolas nicole nigel nikita nikolai nina noah nora oksana ola
olaf oleg olga oliver olivia olivier omar oscar oskar otto pablo paolo pascal patricia patrick paul paula
paulo pavel pawel pedro peter petra philip philipp philippe phil pierre piotr priya rachel rafael rahul raj
rajesh ralf ralph ravi raymond rebecca reinhard rene ricardo richard rita robert roberto robin rodrigo roger
roland roman ronald rosa ross roxana rudolf russell ruth ryan sabine sally salma sam samantha samir samuel
sandeep sandra sanjay sara sarah satoshi scott sean sebastian selma serge sergei sergey sergio shannon
sharon shawn silvia simon simone sofia sonia sophia sophie stefan stefanie stephan stephanie stephen steve
steven stuart sunil susan susanne suzanne sven svetlana sylvia takashi tamara tanya tatiana teresa theo
theodor theresa thomas tim timothy tobias todd tom tomas tomasz tony tracy tyler ulrich ursula uwe vadim
valentina valeria vanessa vera veronica victor victoria vijay viktor vincent vladimir walter wanda wei wendy
werner wilhelm william wojciech wolfgang xavier xin yan yasmin yolanda yuki yuri yusuf yvonne zara zoe zofia
""")

# Names that are ordinary words as well; only the sentence tells which it is.
ORDINARY_WORDS = _words("""
amber ash art banks baker bill black bond bright brook brooks brown bush buck carter chance chase christian
church clay cliff cole cook cooper crystal daisy dale dawn day dean drew duke earl early eve fair faith
field fields fisher ford forest fox frank gates gene glass gold good grace grant gray green grey guy hand
harmony hart hazel heath heather hill holly hook hope house hunt hunter iris ivy jack jasmine jay joy june
kay key king knight lake lane law leaf lee light little long love major mark marks marsh mason mat may miles
miller mills moon nice nick north olive page park parks parker pat pearl penny pierce pitt pool poole porter
post potter power price prince queen rain ray reed rich rob rock rod root rose rush sage sally sandy savage
sharp short small smith snow south spring steel sterling stone storm strong sue summer sun swift taylor
temple turner wade walker wall ward warren waters way weaver webb wells west white will wise wolf wood woods
worth young
""")

# Names that are products as well: seldom a person in prose about systems.
PRODUCT_NAMES = _words("""
ada alexa ansible apollo argo athena atlas cassandra chef claude consul cypress dagger devin druid eliza
erlang flink gatsby hudson iris jasmine jenkins jira julia kafka kerberos kong lambda lua luna maven max
mercury nomad nova opal oscar pascal perl phoenix pixel prometheus puppet redis ruby rust salt siri spark
swift terraform travis trinity vagrant vault watson zeus
""")

# A sequence with one of these is a role, a system, a product, a place or a time: never a person's name.
NOT_OF_NAMES = _words("""
a access account action actions active activity actor address admin administrator after agent alert alerting
alerts all always amazon amazonaws america american an analyst analytics and angular any apache api app
apple application applications april architect archive area artifact asia assistant async at attack audit
august australia authentication authority auto autoscaler autoscaling availability available aws azure back
backend backup bad balancer base batch beta billing blob block blue board body bot branch bridge broker
browser bucket buffer bug build builder bus business cache calendar california cause cdn center central
centre certificate certificates chain change channel chaos charge check chief chrome ci circuit city class
cli client cloud cloudflare cloudfront cloudwatch cluster clusters code command commander comms
communication communications company component compute computer conduct conference config configuration
connect connection console consumer container content contract control controller coordinator core corp
corporation cost critical cron cross customer customers cyber cycle daemon daily dashboard data database
datacenter datadog date days debug december default delivery demo denial department deploy deployment
deployments design desk detection dev developer developers development device devops digital director
directory disaster discovery disk distributed dns docker document documentation domain down driver during
east edge elastic elasticsearch email emergency end endpoint engine engineer engineering engineers
enterprise entity environment error errors escalation europe european event events every example exchange
executive expert express external facebook factory failed failover failure feature february federal file
final finance fire firewall firefox first fix flag flow force format forwarder framework france friday front
frontend function future gateway general german germany git github gitlab global gmail go google governance
grafana group guide half handler handling hashicorp head health helm help heroku high honeycomb host hosted
hotfix hour hub human id identity if image impact import in inc incident index infrastructure ingress
initial inside insights instance instances integration interface internal international internet inventory
is issue it item january java javascript job jobs july kernel key kibana kinesis kubernetes large last late
latency launch layer lead leader learning legacy level liaison license like limit limits linux list live
load local log logging login logs london london low machine mail main maintenance major manage managed
management manager manual march master may mean media medium meeting member memory message messages
messaging meta metric metrics microservice microsoft middleware migration minor mission mobile mode model
module monday mongo mongodb monitor monitoring month mozilla multi mysql named namespace nat national need
network networking networks new next nginx night no node nodejs nodes normal not notification november
object october of office okta on oncall once one online open opensearch operation operational operations
operator operators oracle orchestration order organisation organization origin other our outage owner owners
package page pager pagerduty paris parser part partner patch payment payments peer performance persistent
person phase phone pipeline plan plane platform play pod pods point policy pool port portal position post
postgres postgresql pre primary private privilege problem process processor product production program
programmable project protocol provider proxy public python quality quarter query queue quick quota rabbitmq
rate react read real recovery red redundant region regional registry regulatory relational release
reliability remote replica replication report repository request research resolver resource responder
responders response restart restore retry review right risk role rollback root router routing rule run
runbook runner runtime safe safari sales saturday scale scaling scheduler schema scribe script sdk search
second secondary secret security self senior sentry september server serverless servers service services
session set settings severity shard shared should sidecar signal silicon simple single site slack sms
snapshot social software solution some source specialist sre stack staff staging standard start state static
statement status step stop storage store stream streaming strict strong structured sub subject success
summary sunday super supervisor supplier support switch sync sysadmin system systems table target task team
teams technical technician technology telecom telephony template tenant test testing that the then there
these third this thread threat threshold thursday ticket tier time timeline timeout to today token tool
tools top topic total trace tracing track traffic transaction transit transport triage trigger trunk tuesday
twitter ubuntu uk unified union unit united universal university update upgrade upstream us usa usage user
users utility validation validator valley value vendor version vice victim video view virtual virginia vm
voice volume vpc vpn warehouse was watch we web webhook website wednesday week weekly when while windows
wireless with worker workers workflow workload world write yearly york you zero zone zookeeper
""")

# What follows a person who acted.
DEEDS = _words("""
accepted accidentally added agreed allowed also applied approved asked assumed authored began believed broke
brought built called caused changed checked chose clicked commented committed configured confirmed copied
created decided deleted deployed did didn't disabled dismissed drained dropped edited enabled entered
escalated executed expected failed fixed flipped followed forgot found gave granted had has hadn't ignored
initiated installed introduced investigated joined kept knew launched left logged made manually mentioned
merged migrated misconfigured misread missed mistakenly mistyped modified moved neglected noticed opened
ordered overlooked overrode overwrote paged paused performed pressed promoted pulled pushed put ran realised
realized rebased rebooted reboots released removed renamed reported requested restarted restored reverted
reviewed revoked rolled rotated said saw scaled sent set should shut signed silenced skipped started stopped
submitted switched terminated thought told took tried triggered turned typed unplugged updated upgraded used
was wasn't went wrongly wrote
""")

# What stands before a person who acted.
CUES = _words("""
by from ask asked tell told blame blamed engineer developer operator administrator admin colleague
contractor manager mr mrs ms dr
""")

# Parts of family names that prove nothing alone.
PARTICLES = _words(
    "al ap bin da dal de del della den der di do dos du el ibn la le mac mc o of st ten ter van von y zu"
)

# Mailboxes that belong to a role.
ROLE_MAILBOXES = _words("""
abuse admin alert alerts billing contact dev devops help helpdesk hello hostmaster info it jobs mail
marketing monitoring news no-reply noc noreply oncall on-call ops orders payments postmaster privacy root
sales security service sre status support sysadmin team webmaster
""")
