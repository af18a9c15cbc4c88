"""Given names from many languages that are hardly ever anything else in English prose about systems.

All are folded: lower case, without diacritics. A word that is not among them proves nothing.
"""

_SAID = """
aarav aaron abbas abdelkader abdellah abdoulaye abdul abdullah abdurrahman abebe abel abelardo abena
abigail abiodun aboubacar achan achieng adaeze adam adebayo adeel adela adele adilson aditi aditya adjoa
adrian adunni adwoa afonso afroditi afua agata agnes agnese agnieszka ahmad ahmed ahmet aicha aidan
aigerim aiko ainhoa aino ainsley aisha aissatou aisyah aitor aivar akash akihiro akiko akira akos akosua
akua akwasi alan alasdair alastair albert albrecht alejandra alejandro aleksandar aleksander aleksandra
alena alessandro alessia alex alexander alexandra alexandru alexei alexis alfie alfonso alfred alfredo
algirdas alhassan ali alice alicia alima alina alison alistair allison alma almaz aloysius alvaro alvin
amadou amaia amanda amani amara amarjit amelia amelie amina aminata amine amir amit ammar amos amparo
amrita amy ana anahit anand ananya anastasia anastasios anaya anbu anders andras andre andrea andreas
andreea andrei andrew andrey andriamanana andris andriy andrzej andy anelia aneta angela angeliki
angelina angelo angharad angus aniko anil anita anja anjali ann anna anne anneke anneliese annika anouk
anoushka anselm anselmo anthony antje antoine anton antonella antonia antonio antti anya aoife araceli
aram archana ariel aristotelis arjun arlette armando armen arnau arnav arne arni arnold arpad arshdeep
arthit arthur artur arturo arturs arun arvid arvind arvydas asha ashley ashok ashot ashraf ashwin asif
asim asma assaf assetou astor astrid asuka asuncion athanasios atieno attila augusto aung aurelie
aurelien aurelio avraham axel ayaka ayan ayanda ayesha aylin ayman ayodeji ayodele ayse azadeh azman
babajide babirye balaji balazs balint baljit bambang bao baptiste barbara barbora barnaby barry
bartholomew bartolome bartosz basavaraj bashir bashira bastian beata beatrice beatriz becky begona
bekele bekzod bela ben benedicto benedikt benjamin benoit berit bernadette bernard bernd bernhard berta
besnik beth bethany bettina betty bhavesh bhavna bianca bilal biljana bimpe birgit birgitte bjarne
bjarni bjork bjorn blanca blandine blessing boaz bob bobby bogdan bogumil bohdan boitumelo boleslaw
bongani boris borislav borja bostjan botond bounmy bozena bozhidar brad bradley brandon branislav branko
brayden brenda brendan brian brianna bridget brigida brigitte bronislaw bronwen bronwyn brooke bruce
bruno budi bukola burak bushra busra bwalya caio caitlin callum camila camille caoimhe carina carl carla
carlos carmen carol carolina caroline carsten cassius catalin catalina catherine cathy catriona caue
cecile cecilia cedric celestine celia celine cesar chaim chandra chandrashekar charalambos charlene
charles charlie charlotte chaya cheikh chen cheptoo cherif chiamaka chiara chibuzo chidi chidinma chika
chilufya chinedu chinonso chinwe chinyere chioma chipo chloe chris christian christina christine
christopher chrysa chukwudi chukwuemeka chukwuma cian ciara ciaran cihan cindy claire clara clarissa
claudia claudio clemens clement clive clotilde colin connor consuelo corentin cormac cornelia cornelius
cosima cosmas cosmin craig cristian cristina csaba cynthia cyril dace dagfinn dagmar dagny dagoberto
daichi daisuke daiva dakota dalia damian damien damilola dan daniel daniela daniele danielle danjuma
danny danuta daphne daria dario darius dariusz darnell darragh darren dauren dave david davide davit
dawid dawit debbie deborah declan deepak deirdre deividas dejan delphina delphine demetrius denes deng
denise deniz dennis derek derrick deshawn desislava desmond despina devika devon dewei dewi dhruv diana
diego dieter dietmar dieudonne dilip dilshod dimitar dimitri dimitris dina dineo dinesh dirk divya
djamel djeneba dmitri dmitry dmytro dolores domagoj domenico dominik dominique donal donald donghyun
donna donnie dora doreen dorian doris dorit dorota dorothea dorothy dorottya doug douglas dragana driss
drissa dritan duc duncan dustin ebba ebenezer ebony edda eddie edgar edgars edilson edith edmundo edna
edoardo eduardo edward edwin efosa efrain efrat efua eileen eilidh einar eirik eirini eitan ekaterina
ekene eladio elaine eleanor elena eleni eleonora eli elias elif elin elina elisa elisabeth elisaveta
elise elizabeth elke ella ellen ellie elodie eloise elsa elsie elvira elzbieta emanuele emeka emeline
emese emil emilia emiliano emilie emily emma emmanuel emre encarnacion endang enrica enrique enzo eoin
eric erica erik erika erin ernest ernesto ernst erwin esperanza esteban esther eszter etelka ethan
etienne eugene eulalia eun eunice eunji eusebio eva evangelia evaristo evelyn everton evgenia evgeny
evridiki ewa ewan ewelina eyal fabian fabio fabrice fabricio fadi faisal faizan fanta farah farai farhan
farid farouk farzana fatima fatma fatou fatoumata federico feliciano felicity felix femi feng ferdi
ferdinand ferenc fergus fernand fernanda fernando filip filippo finn fiona fionn fionnuala firat flavia
flora florian floriane florin folake folashade foteini fotis frances francesca francesco francine
francisca francisco francois francoise frank franz frauke freddie frederic frederica frederik fredrik
freja frida frieda friedrich fulgencio fumiko fumio funmi gabor gabriel gabriela gabriella gabrielle
gaetano gail galina galit ganesh gareth gary gaspard gatis gaurav gavin gbenga geeta gemma genet
genevieve gennady geoff geoffrey georg george georgia gerald gerard gerda gergana gergely gerhard gert
getachew gethin geza ghassan ghita ghulam gianluca gianna gianni giannis gilad gilbert gilberto giles
gina gintare giorgi giorgio giorgos giovani giovanna giovanni gisela giulia giuliana giuseppe gizem
gloria godfrey godwin gohar goncalo gonzalo gopal goran gorka gottfried graciela graham grainne
graziella greg gregor gregory greta grzegorz guadalupe gudmundur gudrun guido guilherme guillaume
guillermo gulnara gulsen gumersindo gunnar gunnlaugur gunther guo gurpreet gus gustav gustavo gwen
gwendolyn gyongyi haakon habiba hadas hadi hadiza hafiz haingo hajnalka hakan hakon hal halima halvard
hamdi hamid hamish hamisi hamza hana hanh hank hanna hannah hanne hanneke hans harald hardik hari haris
harish harpreet harriet harry hartmut hartono haruka haruki haruto hasina hassan hatice hauwa hayk
heather hector hedwig hege heidi heike heiki heikki heiko heinz helen helena helga heloisa henning
henriette henrik henrike henry heriberto hermione hesham hetal hiba hicham hideo hilario hilary hilda
hilde hildur hiroki hiroko hiroshi hisham hitesh hitomi hiwot hoang holger hongwei horst hortense houda
howard hrafn hristo hrvoje huang hubert huda hugo humberto huong huseyin hussein huw hyacinthe hyun
hyunwoo ian ibrahim ibrahima idowu idris ieuan ifeanyi ifeoma ignacio igor ike ikenna iker ikram ilaria
ildiko ilias ilka ilona ilse ilze imani imelda imogen imran imre inacio inbal indira ines inese inga
inge ingibjorg ingo ingrid inmaculada ioan ioana ioannis ionut ira iracema irakli irene irfan irina irma
iryna isaac isabel isabella isabelle isadora isaura isha ishaan ishita isidro ismail itai itzel ivan
ivana ivar ivaylo ivica ivo iwan iwona izabela jaakko jacek jacinto jack jacob jacqueline jacques
jadwiga jagdish jaime jakob jakov jakub jamaal jamal james jamie jamila jan janaina jandira jane janet
janez janine janis janka janusz jarek jaroslav jason jaswinder javad javier jaya jayden jean jed jeff
jeffrey jelena jelle jennifer jeno jens jepkosgei jeremy jerome jerry jerzy jesper jessica jesus jiaming
jiang jigar jignesh jihoon jihye jim jimena jimmy jin jing jiri jisoo jitka jiwoo jiyoung joachim joakim
joan joanna joao joaquin jocelyn jochen joe joel johan johann johanna john johnny jokull jolanta jon
jonas jonathan jordan jordi jorge joris jorunn jose josef josefina joselito josep joseph josephine josh
joshua josip josue jovan jovana jozef juan juanita judith juergen juha jukka julian juliana juliane
julianne julie julien juliet juliette julius junko jurate jurema jurgen juris jussara justin justyna
jutta jyoti kaarina kadiatou kadri kagiso kaimana kaito kalman kalpesh kalyani kamala kamau kamehameha
kamil kamran kanako kaori karen karim karin karine kariuki karl karol karolina karoline karsten karthik
karthikeyan kashif kasia kaspar kasper katalin katarzyna kate katerina kateryna katharina katherine
kathleen katie katja katlego katrin katrina katsumi katya kavita kavya kayla kazimierz kazimir kazuki
kazuya keahi kehinde keiko keiran keisha keisuke keith kekoa kelechi kelly kemal ken kenechukwu kenji
kenneth kenta kenza kersti kerstin kertu kestutis ketan ketevan kevin khadidja khadija khaled khalid
khanh khanyisile kiera kieran kim kimberly kinga kinjal kipchoge kiprono kirsten kirsty kjell kjersti
kjetil klara klaudia klaus kobina kofi kojo koldo komal konrad konstantin konstantinos kostas krasimir
kresimir krishnamurthy krishnan kristen kristian kristin kristina kristjan kristof kristyna krzysztof
ksenia kseniya kudzai kuldeep kumar kumaran kunal kunle kurt kwabena kwadwo kwaku kwame kwasi kwesi kyaw
kyle kyoko lachlan ladislav laila lakshmanan lakshmi lalaina lalita lamar lamia lamine lanre larissa
larry lars lasse laszlo latifa latisha latoya laura lauren laurent layla lea leah leandra leandro leif
leila leilani leire lena lennart lenny leo leon leonardo leonid leonie leonor leopold lerato lesego
leticia lev levan levente liam liang liat lidia lieke liesbeth lieven lilian liliana lily linda lindiwe
linh linus lisa liu liudmila livia liviu ljiljana ljubica lorand lorcan lorena lorenza lorenzo loreta
loretta lorraine lotfi lothar lotte lou louie louis louise lubna lubomir luca lucas lucia luciana lucjan
lucy ludmila ludovic ludwig luigi luis luisa lukas lukasz luke lungile luo lupita lusine lutz lwazi
lydia lydie lynn maarja maarten macarena machiko maciej maddalena madeleine madhavan madhavi mads maeve
magda magdalena magnus mahendra mahesh mahina mahmoud mahnoor maire mairi maite makoto malcolm malee
malgorzata malik malika malin mamadou mandla manfred manish manjunath manoj manpreet mansour manuel
manuela marcel marcela marcello marcelo marcin marco marcus marcy marek margaret margarethe margarita
margit margot marguerite maria mariam mariama marian mariana marianne maribel maricel maricela marie
marijana marijke mariko marilia marina mario marion marisa marisela marisol marites marius marjolein
markku marko markus marlene marlies marlon marta martha martijn martin martina martti marwan mary maryam
masako masashi masato matej mateo mateusz mathias mathieu mathilde matjaz mats matt matteo matthew
matthias matthieu maureen maurice maurizio maxim maximilian maya mayumi mbali meena meera megan megumi
mehdi mehmet mehwish mei mekdes melanie melis melissa menachem mensah meredith meret meryem mette micah
michael michal michel michele michelle michiko midori mieke miguel mihaela mihai mika mikael mike
mikhail miklos mikolaj milagros milan milena milica milorad milos mina mindaugas minh minjun mirek
mirela miriam mirko miroslav mislav mitch mitiku mitsuko mittal moacir modibo mohamed mohammad mohammed
mohan mohini mohit moira moises momcilo monica monika monique mordechai morgan morten moshe mostafa
mounir moussa mthunzi mugisha muhammad mukesh mulenga mulugeta murat muriel murugan musoke mustafa
mutale muthoni muthu mwajuma mwangi mwansa mykola myriam nabil nadav nadeem nadezhda nadia nadine
nagaraj naima nakato nalani nalubega nanami nancy naoki naoko naomi narayan narek nasreen nasser natalia
natalie nataliia natasa natasha nate nathalie nathan nathaniel natsuki nattaya naveed naveen navid
navjot nazanin ndidi ned neema neha neil nelson nemanja nemesio nestor neusa ngaire ngozi nhlanhla nia
niamh nicholas nick nicola nicolai nicolas nicole niels nigel nikhil nikita nikolai nikolaj nikolaos
nikolay nikos nilesh nils nimrod nina nino niran nisha njeri njoroge nkechi nnamdi nneka noah nobuko
noelani noelia noelle noemi noga nokuthula nomvula nora norbert norberto norhayati noriko norm norma
nosipho noura nuno nurhayati nurlan nurul nyambura nyasha obinna obiora ochieng octavia oddvar odete
odette odhiambo odile odysseas ofer oisin okan okechukwu okello oksana ola olaf olafur olamide olayinka
oleg oleksandr olena olga oliver olivia olivier olu olufemi olumide oluwaseun oluwatobi omar ondrej onur
onyeka oona oriol orla orly orsolya oscar osei oskar oskari osman osnat osvaldo otieno otis ottar
ottilie otto oumar ousmane ovidiu oyelaran ozlem pablo padraig paige paivi palesa palle paloma pamela
panagiotis pankaj paolo paraskevi paresh parisa parminder parth parthasarathy parvati pascal pascale
patricia patrick patrycja paul paula paulina pauline paulo pavel pavla pavlo pawel payal pedro pekka
pelin penelope pervez petar peter petra petronella petros petteri phil philip philipp philippe phoebe
phuong pia pierre pieter pietro pilar piotr piotrek piret piroska plamen pooja poonam prabhu pradeep
prakash pramod pranav prasad prasert praveen primoz priscilla priya priyanka przemyslaw puja qiang
quentin quynh rachel rachid radek radha radka radmila radoslav radoslaw rafael rafal raffaele raghav
raghavan ragnar ragnheidur ragnhild rahmawati rahul raimonds raimund raimundo rainer raj rajesh rajiv
rakesh rakoto ralf ralph raluca ramesh ramon rana rania ranjit raquel rashid rashida rasmus ratko raul
ravi ravindra raymond razvan rebecca rebekka redouane refilwe regina rehema reiko reinaldo reinhard
reinhold rekha renan renata renaud rene reza rhiannon rhys ricarda ricardo riccardo richard ricky riikka
riina rikard rikke riku rina rishi rita ritu rivka rizky robert roberta roberto robin rocio roderick
rodrigo rogelio roger rohan rohit roisin rokas rokia roland rolf romain roman romana romuald ronald
ronan roni ronke ronnie rosa rosalia rosalind rosangela rosario rosemary rosie rosimeire rosli ross
roswitha rowena roxana ruben rubina rudi rudolf rukhsana rumbidzai rumen rupert rupinder ruslan russ
russell rustam ruth ryan ryo ryoko ryota sabine sachiko sachin sadaf sadia saeed sagar saida sajjad
sakura salim salimata sally salma salome salvador salvatore sam samantha samina samir samira sammy
samuel samuli sandeep sander sandor sandra sandrine sangeeta sanjay sanna santhosh santosh saoirse sara
sarah saravanan sasikala saskia satish satoshi satya savita sayaka scott seamus sean sebastian
sebastiano sebastien sefa segolene segun selam selim selma selvam sena senthil seojun seppo serena serge
sergei sergey sergio sergiu serhiy serkan severin severino seydou shabnam shahid shahzad shalini shanice
shaniqua shankar shannon shanthi sharon shaun shawn shazia sheila sheldon shelley shen sherif shilpa
shira shirin shirley shiv shivakumar shlomo shreya shweta sibongile sibusiso sid siddharth sieglinde
sigal sigrid sigrun sigurd sigurdur siim silas silke silvia silvio simiso simon simona simone simran
sinead siobhan sione sipho sissel siti sivakumar siwoo siyabonga sizwe skylar slamet slavica slawomir
slobodan sneha snezana sofia sofiane sofie sokha solange solomon solveig somchai somsak sonal sonia
sonja sophia sophie soraya soren soufiane souleymane soumya soyeon spela spyros srinivas stan stanislav
stanislava stanislaw stavros stefan stefania stefanie steinunn stelian stella stellan stephan stephanie
stephen steve steven stig stoyan stuart subbu subhash subramanian sudhir sueli suharto suharyanto sujin
sukhdeep suleiman sumit sunghoon sunil sunita suresh susan susanne sushil sushma sutrisno suzanne svein
sven svenja svetlana svitlana swati swetlana sylvain sylvia sylvie szymon tadashi tadej tadeusz tadhg
tahira taiwo takashi takeshi takumi talha tamar tamara tamer tamika tamsin tanel tanja tanveer tanvi
tanya tapio tapiwa tariq taro tarun tatenda tatiana tatjana tatsuya tautvydas tawanda tebogo ted
temitope tendai teodor teodora teresa tereza terje terrell terrence terry tesfaye tevita thabo thanasis
thandeka thandiwe thao thea themba thembi themistoklis theo theodor theodora theodoros theresa theresia
thiago thida thierry thijs thilo thomas thordis thorhallur thorsten thorvald thuy tiago tibor tigist
tihana tihomir tiina tim timea timo timothy timur tinashe titilayo tiziana tobi tobias toby todd tolga
tom tomas tomasz tomer tomislav tomoko tomoya tony toomas torben torbjorn torsten toshiko tove tracey
tracy trang travis trevon trevor triin tristan trond trudy tsholofelo tsvetan tuan tugba tuija tumelo
tunde tuomas tuva tyler tyrone ubirajara uche uchenna ueslei ugo ugochukwu ulises uljana ulla ulrich
ulrike umar umberto umesh unai upendo urmas urska ursula urszula usama usha usman uta uwe uzma uzoma
vaclav vadim vagner valdemar valdis valentin valentina valeria valerie valerio vanessa vanja vardan
varun vasil vasilis vasily vassiliki vasudevan vasyl venkat venkatesh vera veronica veronika veronique
vesna vesselin vibeke vicente victor victoria vidar vihaan vijay vikas vikram viktor ville vilma vinay
vince vincent vincenzo vinicius vinod violeta virag virginie vishal vishnu vivek vivian viviana vjosa
vlad vladimir vlasta voahangy vojislav vojtech volker volodymyr vusi vytautas wael wahid wahyu waleed
walid walter waltraud wambui wanda wanderley wangari wanjiru waqas wasswa wayne wei wenceslao wenche
wendy werner wesley wichai wiebke wiktor wilfred wilhelm wilhelmina willem william wilma winfried
winston wiremu wojciech wolfgang wolfram xabier xavier xenia xiang xiao xiaoming xie ximena xin xiomara
xochitl yaakov yadira yael yair yamil yamini yan yana yang yannick yannis yara yasemin yash yasmin
yasmine yassine yasuko yavor yejun yesenia yetunde yevgeny yiannis ying yitzhak yogesh yohannes yoko
yolanda yordan yosef yoshiko yousef youssef ysabel yuan yuki yuko yulia yulianti yuliia yumi yuri yuriy
yusra yusuf yuval yves yvette yvonne zach zachary zack zahra zainab zainabu zanele zaneta zara zbigniew
zdenek zdravko zeeshan zeljka zeljko zeng zewdu zeynep zhang zhao zhen zheng zhou zhu ziad zilda zineb
zivile ziyad zodwa zoe zofia zola zoltan zoran zorica zsofia zsolt zsuzsa zubair zurab zuzana zvonimir
"""

GIVEN_NAMES = frozenset(_SAID.split())
